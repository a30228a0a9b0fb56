/*
 * Load for pg-boss: the database is in BENCH_HOST, as psql would reach it.
 *
 *	node pg_boss_load.mjs send|fetch CONCURRENCY SECONDS
 *
 * That many callers send a job of 200 bytes, or fetch one and complete it,
 * again and again. Prints how many were done and in how many seconds.
 */
import { createRequire } from 'node:module';

const require = createRequire(`${process.env.BENCH_MODULES}/`);
const module = require('pg-boss');
const PgBoss = module.PgBoss ?? module.default ?? module;
const [what, concurrency, seconds] = process.argv.slice(2);
const boss = new PgBoss({ host: process.env.BENCH_HOST, database: 'sluice',
	user: 'sluice', max: 10 });
const job = { payload: 'x'.repeat(200) };
let done = 0;

boss.on('error', (error) => {
	console.error(error);
	process.exit(1);
});
await boss.start();
await boss.createQueue('bench');

const begun = performance.now();
const ends = begun + 1000 * seconds;

async function send() {
	while (performance.now() < ends) {
		await boss.send('bench', job);
		done++;
	}
}

async function fetch() {
	while (performance.now() < ends) {
		const jobs = await boss.fetch('bench');

		if (!jobs?.length)
			return;
		await boss.complete('bench', jobs[0].id);
		done++;
	}
}

await Promise.all(Array.from({ length: Number(concurrency) },
	what === 'send' ? send : fetch));
console.log(done, (performance.now() - begun) / 1000);
await boss.stop({ graceful: false });
process.exit(0);
