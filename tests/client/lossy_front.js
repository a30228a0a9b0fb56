/*
 * A front that loses answers: it passes on all that is asked, and breaks the
 * connection when every so-manyth answer arrives. What was asked has then
 * been done, and who asked does not know.
 */
import { createServer, connect } from 'node:net';
import { once } from 'node:events';

export async function lossyFront(target, every)
{
	const { hostname, port } = new URL(target);
	let answers = 0, lost = 0;
	const server = createServer((asker) => {
		const answerer = connect(port, hostname);
		const drop = () => {
			asker.destroy();
			answerer.destroy();
		};

		asker.on('data', (data) => answerer.write(data));
		answerer.on('data', (data) => {
			if (++answers % every === 0) {
				lost++;
				drop();
			} else {
				asker.write(data);
			}
		});
		for (const side of [asker, answerer])
			side.on('error', drop).on('close', drop);
	});

	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${server.address().port}`,
		lost: () => lost,
		close: () => server.close(),
	};
}
