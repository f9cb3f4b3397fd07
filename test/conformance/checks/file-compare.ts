/** `file-compare`: an output file equals an expected file of the test. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CheckFailure } from './failure.js';

export interface FileCompare {
  readonly filename: string;
  readonly expected: string;
}

/** @throws CheckFailure with the first line that differs */
export function checkFileCompare(compare: FileCompare, output: string, testPath: string): void {
  const written = linesOf(join(output, compare.filename), compare.filename);
  const expected = linesOf(join(testPath, compare.expected), compare.expected);
  const length = Math.max(written.length, expected.length);
  for (let i = 0; i < length; i++) {
    if (written[i] === expected[i]) continue;
    throw new CheckFailure(
      `${compare.filename} line ${i + 1} is ${JSON.stringify(written[i])}, expected ${JSON.stringify(expected[i])}`,
    );
  }
}

function linesOf(path: string, name: string): string[] {
  try {
    return readFileSync(path, 'latin1').split('\n');
  } catch {
    throw new CheckFailure(`${name} does not exist`);
  }
}
