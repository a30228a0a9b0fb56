/*
 * The suite of the streams protocol, whole: its subscriptions are included,
 * which it skips unless asked. The time is a limit for those of its tests
 * that wait a long-poll out; run.py makes the server wait much shorter.
 */
import { runConformanceTests } from '@durable-streams/server-conformance-tests';

runConformanceTests({
	baseUrl: process.env.STREAMS_URL,
	longPollTimeoutMs: 10000,
	subscriptions: true,
});
