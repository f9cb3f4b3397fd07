import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes minutes begins first, so that no core waits for it at the end. */
const LONG = /conformance\/(agreement|expected)\.test\.ts$/;

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => LONG.test(moduleId);
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter(file => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Two cores in CI; tests that start engine threads bring their own.
    maxWorkers: 2,
    // Files of tests share a process, and with it modules that are loaded once: nothing of the engine is global, so
    // none can disturb the next; what a test spies on is given back.
    isolate: false,
    restoreMocks: true,
    sequence: { sequencer: LongFirst },
    // Bounds for what hangs, not measures: machines are busy at times.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: ['test/before-all.ts'],
  },
});
