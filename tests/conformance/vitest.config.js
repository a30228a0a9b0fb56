import { defineConfig } from 'vitest/config';

export default defineConfig({
	test: {
		include: ['conformance/*.test.js'],
		setupFiles: ['conformance/token.js'],
	},
});
