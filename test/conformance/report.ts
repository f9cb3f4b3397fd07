/** Output while tests run, and at the end. */
import type { Result } from './run-test.js';

export function lineOf(result: Result): string {
  const reason = result.reason === '' ? '' : `: ${result.reason.replace(/\s*\n\s*/g, ' ')}`;
  return `${result.outcome.padEnd(7)} ${result.name}${reason}`;
}

/** The last line, preceded by an empty one. */
export function summaryOf(results: readonly Result[]): string {
  const count = (outcome: Result['outcome']) => results.filter(result => result.outcome === outcome).length;
  return `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`;
}
