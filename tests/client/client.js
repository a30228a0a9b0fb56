/*
 * The public client of the streams protocol, used as its documentation says,
 * against an instance: through nginx and TLS, with a token.
 *
 *	run.py [words of a claim's name]
 */
import assert from 'node:assert/strict';
import { DurableStream, FetchError, IdempotentProducer, StaleEpochError,
    stream } from '@durable-streams/client';
import { claim, create, fresh, headers, numbers, plainUrl, run, until, url,
    whole } from './claims.js';
import { lossyFront } from './lossy_front.js';

claim('what was appended is read whole, as JSON', async () => {
	const handle = await create('json', 'application/json');

	await handle.append('{"n":0}');
	await Promise.all(numbers(50, 1).map(
	    (entry) => handle.append(JSON.stringify(entry))));
	assert.deepEqual(await whole(handle.url), numbers(51));
});

claim('what was appended is read whole, as text and as bytes', async () => {
	const text = await create('text', 'text/plain', { body: 'first ' });

	await text.append('second');
	assert.equal(await whole(text.url, 'text'), 'first second');

	const bytes = Uint8Array.from({ length: 3000 }, (_, n) => n % 256);
	const binary = await create('bytes', 'application/octet-stream');

	await binary.append(bytes.slice(0, 1000));
	await binary.append(bytes.slice(1000));
	assert.deepEqual(await whole(binary.url, 'body'), bytes);
});

// The client reads on to the end, unless it is told to stay off live modes:
// then it takes one page for all there is.
claim('a long stream is read whole, page by page', async () => {
	const handle = await create('pages', 'text/plain');
	const line = 'x'.repeat(99) + '\n';

	for (let n = 0; n < 8; n++)
		await handle.append(line.repeat(5000));

	const text = await whole(handle.url, 'text', true);

	assert.equal(text.length, 100 * 40000);
	assert.equal(text, line.repeat(40000));
});

claim('a body of unknown length is appended', async () => {
	const handle = await create('chunked', 'text/plain');

	async function *lines() {
		for (let n = 0; n < 100; n++)
			yield `line ${n}\n`;
	}
	await handle.appendStream(lines());

	const writer = handle.writable().getWriter();

	await writer.write('written');
	await writer.close();

	const text = await whole(handle.url, 'text');

	assert(text.startsWith('line 0\nline 1\n'), text);
	assert(text.endsWith('line 99\nwritten'), text);
	assert.equal((await handle.head()).streamClosed, true);
});

// Each live mode follows a stream from before its first entry.
for (const live of ['long-poll', 'sse', true]) {
	claim(`a reader follows by ${live}`, async () => {
		const handle = await create('live', 'application/json');
		const got = [];
		const res = await stream({ url: handle.url, headers, live });

		res.subscribeJson((batch) => {
			got.push(...batch.items);
		});
		for (const entry of numbers(20)) {
			await handle.append(JSON.stringify(entry));
			await until(() => got.length > entry.n, 'the entry');
		}
		res.cancel();
		assert.deepEqual(got, numbers(20));
	});
}

for (const live of ['long-poll', 'sse']) {
	claim(`bytes are followed by ${live}`, async () => {
		const handle = await create('bytes', 'image/png');
		const got = [];
		const res = await stream({ url: handle.url, headers, live });

		res.subscribeBytes((chunk) => {
			got.push(...chunk.data);
		});
		await handle.append(new Uint8Array([0, 10, 13, 255]));
		await until(() => got.length === 4, 'the first');
		await handle.append(new Uint8Array([128]));
		await until(() => got.length === 5, 'the second');
		res.cancel();
		assert.deepEqual(got, [0, 10, 13, 255, 128]);
	});

	claim(`a reader by ${live} resumes from a saved offset`, async () => {
		const handle = await create('resume', 'application/json');
		let saved;

		await handle.append('{"n":0}');
		await handle.append('{"n":1}');

		const before = await stream({ url: handle.url, headers, live });

		before.subscribeJson((batch) => {
			saved = batch.offset;
		});
		await until(() => saved === before.offset && before.upToDate,
		    'the tail');
		before.cancel();
		await handle.append('{"n":2}');

		const got = [];
		const after = await stream({
			url: handle.url, headers, live, offset: saved });

		after.subscribeJson((batch) => {
			got.push(...batch.items);
		});
		await until(() => got.length === 1, 'what was missed');
		await handle.append('{"n":3}');
		await until(() => got.length === 2, 'what is new');
		after.cancel();
		assert.deepEqual(got, numbers(2, 2));
	});

	claim(`the end is seen by ${live}`, async () => {
		const handle = await create('end', 'application/json');
		const got = [];
		const res = await stream({ url: handle.url, headers, live });
		let ended = false;

		res.subscribeJson((batch) => {
			got.push(...batch.items);
			ended ||= batch.streamClosed;
		});
		await handle.append('{"n":0}');
		await until(() => got.length === 1, 'the first');
		await handle.close({ body: '{"n":1}' });
		await until(() => ended, 'the end');
		await res.closed;
		assert.deepEqual(got, numbers(2));
	});
}

claim('nothing old is read from the offset that HEAD tells', async () => {
	const handle = await create('head', 'text/plain', { body: 'old' });
	const { offset, contentType, exists } = await handle.head();

	assert.equal(exists, true);
	assert.equal(contentType, 'text/plain');
	await handle.append('new');

	const res = await handle.stream({ offset, live: false });

	assert.equal(await res.text(), 'new');
});

claim('a closed stream takes no more', async () => {
	const handle = await create('closed', 'application/json');

	await handle.append('{"n":0}');

	const { finalOffset } = await handle.close({ body: '{"n":1}' });

	assert.equal((await handle.close()).finalOffset, finalOffset);
	await assert.rejects(handle.close({ body: '{"n":2}' }),
	    { status: 409 });
	await assert.rejects(handle.append('{"n":2}'), { status: 409 });
	assert.deepEqual(await whole(handle.url), numbers(2));

	const done = await create('done', 'application/json',
	    { body: '{"n":0}', closed: true });

	assert.equal((await done.head()).streamClosed, true);
	assert.deepEqual(await whole(done.url), numbers(1));
});

claim('a writer\'s sequence goes up', async () => {
	const handle = await create('seq', 'text/plain', { batching: false });

	await handle.append('a', { seq: '001' });
	await handle.append('b', { seq: '002' });
	await assert.rejects(handle.append('c', { seq: '002' }),
	    { status: 409 });
	assert.equal(await whole(handle.url, 'text'), 'ab');
});

// Small batches, many of them under way at once.
function produce(handle, entries, more = {})
{
	const faults = [];
	const producer = new IdempotentProducer(handle, 'producer', {
		maxBatchBytes: 40, lingerMs: 0,
		onError: (fault) => faults.push(fault), ...more });

	for (const entry of entries)
		producer.append(JSON.stringify(entry));
	return { producer, faults };
}

claim('a producer\'s entries come once, in order', async () => {
	const handle = await create('produced', 'application/json');
	const { producer, faults } = produce(handle, numbers(300));

	await producer.flush();
	assert.deepEqual(faults, []);
	assert.deepEqual(await whole(handle.url), numbers(300));
	await producer.close('{"n":300}');
	assert.deepEqual(await whole(handle.url), numbers(301));
	assert.equal((await handle.head()).streamClosed, true);
});

// The client leaves it to us to ask again when a connection breaks.
async function persistent(...asked)
{
	for (let tries = 0; ; tries++) {
		try {
			return await fetch(...asked);
		} catch (fault) {
			if (tries === 50)
				throw fault;
		}
	}
}

claim('a producer whose answers get lost writes once', async () => {
	const front = await lossyFront(plainUrl, 3);
	const handle = await DurableStream.create({
		url: fresh('lossy', front.url), headers,
		contentType: 'application/json' });
	const { producer, faults } = produce(handle, numbers(200),
	    { fetch: persistent });

	await producer.flush();
	await producer.detach();
	front.close();
	assert.deepEqual(faults, []);
	assert(front.lost() > 10, `${front.lost()} answers were lost`);
	assert.deepEqual(
	    await whole(handle.url.replace(front.url, url)), numbers(200));
});

claim('a producer\'s next life fences the one before', async () => {
	const handle = await create('fenced', 'application/json');
	const first = produce(handle, numbers(1));

	await first.producer.flush();

	const next = produce(handle, numbers(1, 1), { autoClaim: true });

	await next.producer.flush();	// a duplicate, so it is not claimed
	await next.producer.restart();
	next.producer.append('{"n":1}');
	await next.producer.flush();
	first.producer.append('{"n":9}');
	await first.producer.flush();
	assert.equal(first.faults.length, 1);
	assert(first.faults[0] instanceof StaleEpochError, first.faults[0]);
	assert.equal(first.faults[0].currentEpoch, next.producer.epoch);

	const claimer = produce(handle, numbers(1, 2), { autoClaim: true });

	await claimer.producer.flush();
	assert.deepEqual(claimer.faults, []);
	assert.equal(claimer.producer.epoch, next.producer.epoch + 1);
	assert.deepEqual(await whole(handle.url), numbers(3));
});

claim('who has no token, or a wrong one, is told', async () => {
	const handle = await create('secret', 'text/plain', { body: 'secret' });

	for (const wrong of [{}, { Authorization: 'Bearer wrong' }]) {
		await assert.rejects(
		    stream({ url: handle.url, headers: wrong }),
		    { status: 401 });
		await assert.rejects(DurableStream.create({
			url: fresh('refused'), headers: wrong }),
		    { status: 401 });
	}
});

claim('a token may be renewed under way', async () => {
	const handle = await create('renewed', 'text/plain', { body: 'kept' });
	let asked = 0;
	const res = await stream({
		url: handle.url, live: false,
		headers: { Authorization: 'Bearer worn' },
		onError: (fault) => {
			assert(fault instanceof FetchError, fault);
			assert.equal(fault.status, 401);
			asked++;
			return { headers };
		} });

	assert.equal(await res.text(), 'kept');
	assert.equal(asked, 1);
});

claim('what is not there is not found, before and after', async () => {
	const handle = await create('deleted', 'text/plain', { body: 'gone' });
	const nowhere = new DurableStream({
		url: fresh('nowhere'), headers, contentType: 'text/plain' });

	assert.deepEqual(await nowhere.head(), { exists: false });
	await assert.rejects(nowhere.append('x'), { status: 404 });
	await assert.rejects(nowhere.delete(), { status: 404 });
	await handle.delete();
	assert.deepEqual(await handle.head(), { exists: false });
	for (const live of [false, 'long-poll', 'sse'])
		await assert.rejects(
		    stream({ url: handle.url, headers, live }),
		    { status: 404 });
	await handle.create({ contentType: 'text/plain', body: 'new' });
	assert.equal(await whole(handle.url, 'text'), 'new');
});

claim('another configuration is a conflict', async () => {
	const handle = await create('twice', 'text/plain',
	    { ttlSeconds: 3600 });
	const again = { url: handle.url, headers, contentType: 'text/plain' };

	await DurableStream.create({ ...again, ttlSeconds: 3600 });
	await assert.rejects(DurableStream.create(again),
	    { status: 409 });
	await assert.rejects(DurableStream.create({
		...again, contentType: 'application/json', ttlSeconds: 3600 }),
	    { status: 409 });
});

await run(process.argv.slice(2));
