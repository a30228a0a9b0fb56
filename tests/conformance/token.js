/*
 * The suite knows nothing of users: each of its requests gets a token here,
 * but for those that bring one of their own, such as a callback's.
 */
const plain = globalThis.fetch;

globalThis.fetch = (input, init = {}) => {
	const headers = new Headers(init.headers ??
	    (input instanceof Request ? input.headers : undefined));

	if (!headers.has('authorization'))
		headers.set('authorization',
		    `Bearer ${process.env.STREAMS_TOKEN}`);
	return plain(input, { ...init, headers });
};
