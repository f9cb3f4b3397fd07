/** Runs tests, several at a time. */

import { join } from 'node:path';
import { runTest, type TestContext, type TestResult } from './run-test.js';
import { openTest } from './test-folder.js';

/**
 * @param root folder of all tests  @param names tests in it  @param jobs how many run at a time
 * @param report called with each result as soon as it is available
 * @returns the results in the order of `names`
 */
export async function runTests(
  root: string,
  names: readonly string[],
  jobs: number,
  context: TestContext,
  report: (result: TestResult) => void = () => {},
): Promise<TestResult[]> {
  const results: TestResult[] = new Array(names.length);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < names.length) {
      const index = next++;
      results[index] = await runNamed(root, names[index]!, context);
      report(results[index]!);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, jobs) }, work));
  return results;
}

async function runNamed(root: string, name: string, context: TestContext): Promise<TestResult> {
  try {
    return await runTest(openTest(join(root, name), name), context);
  } catch (error) {
    return { name, outcome: 'failed', reason: `test.yaml: ${(error as Error).message}`, seconds: 0 };
  }
}
