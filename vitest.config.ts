import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Two cores in CI; tests that start engine threads bring their own.
    maxWorkers: 2,
    // Bounds for what hangs, not measures: machines are busy at times.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: ['test/before-all.ts'],
  },
});
