/*
 * What the tests of the client stand on: fresh streams, a list of claims to
 * run one after the other, and a line of counts at the end.
 */
import assert from 'node:assert/strict';
import { DurableStream, stream } from '@durable-streams/client';

export const url = process.env.STREAMS_URL;
export const plainUrl = process.env.STREAMS_PLAIN_URL;
export const headers = {
	Authorization: `Bearer ${process.env.STREAMS_TOKEN}`,
};

const claims = [];
let streams = 0;

export function claim(name, check)
{
	claims.push({ name, check });
}

// A name nobody has used, as the address of a stream.
export function fresh(word, base = url)
{
	return `${base}/v1/stream/client/${word}-${Date.now()}-${++streams}`;
}

export function create(word, contentType, more = {})
{
	return DurableStream.create({
		url: fresh(word), headers, contentType, ...more });
}

export async function whole(address, kind = 'json', live = false)
{
	const res = await stream({ url: address, headers, live });

	return res[kind]();
}

export function numbers(count, from = 0)
{
	return Array.from({ length: count }, (_, n) => ({ n: from + n }));
}

// Wait until look() is true.
export async function until(look, what, seconds = 10)
{
	const ends = Date.now() + 1000 * seconds;

	while (!look()) {
		assert(Date.now() < ends, `${what}: not in ${seconds} s`);
		await new Promise((done) => setTimeout(done, 5));
	}
}

function late(seconds)
{
	return new Promise((_, fail) => setTimeout(() => fail(
	    new Error(`not done in ${seconds} s`)), 1000 * seconds).unref());
}

export async function run(words)
{
	let passed = 0, failed = 0;

	for (const { name, check } of claims) {
		if (!words.every((word) => name.includes(word)))
			continue;
		const begun = Date.now();

		try {
			await Promise.race([check(), late(30)]);
			passed++;
			console.log(`ok ${name} (${Date.now() - begun} ms)`);
		} catch (fault) {
			failed++;
			console.log(`FAILED ${name}`);
			console.log(String(fault.stack ?? fault).split('\n')
			    .slice(0, 20).map((line) => `    ${line}`)
			    .join('\n'));
		}
	}
	console.log(`${passed} passed, ${failed} failed`);
	process.exit(failed || !passed ? 1 : 0);
}
