import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Two cores in CI; tests that start engine threads bring their own.
    maxWorkers: 2,
    testTimeout: 30_000,
    globalSetup: ['test/build-first.ts'],
  },
});
