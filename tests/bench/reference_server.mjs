// The streams protocol's reference server in its file mode, for the bench.
import { createRequire } from "node:module";

const { BENCH_MODULES, BENCH_PORT } = process.env;
const { DurableStreamTestServer } = createRequire(`${BENCH_MODULES}/x.js`)(
	"@durable-streams/server");

await new DurableStreamTestServer({
	host: "127.0.0.1",
	port: Number(BENCH_PORT),
	dataDir: `${BENCH_MODULES}/data`,
}).start();
