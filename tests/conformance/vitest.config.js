/*
 * Tests judge answers, not a machine that has more to do: what the suite gives
 * no time of its own gets more than vitest's 5 s. Some wait 4 s on purpose.
 */
import { defineConfig } from 'vitest/config';

export default defineConfig({
	test: {
		include: ['conformance/*.test.js'],
		testTimeout: 20000,
		setupFiles: ['conformance/token.js'],
	},
});
