/** Output while tests run, and at the end. */
import type { TestResult } from './run-test.js';

export function lineOf(result: TestResult): string {
  const reason = result.reason === '' ? '' : `: ${result.reason.replace(/\s*\n\s*/g, ' ')}`;
  return `${result.outcome.padEnd(7)} ${result.name}${reason}`;
}

/** The last line, preceded by an empty one. */
export function summaryOf(results: readonly TestResult[]): string {
  const count = (outcome: TestResult['outcome']) =>
    results.filter(result => result.outcome === outcome).length;
  return `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`;
}
