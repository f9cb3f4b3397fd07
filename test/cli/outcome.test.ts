import { expect, it } from 'vitest';
import { logOutcome } from '../../engine/cli/run/outcome.js';
import type { Log } from '../../engine/module.js';

it.each<[string, number, RegExp]>([
  ['output.lost_lines', 1, /^output: 3 lines or packets were not written$/],
  ['outputs.lost', 0, /^output: 3 log lines were lost, .*outputs-buffer/],
  ['other', 0, /^threads: 0 packets, 0 bytes in 1\.000 s$/],
])('the summary of a run reports %s', (counter, code, message) => {
  const messages: string[] = [];
  const note = (text: string) => void messages.push(text);
  const log: Log = { debug: note, info: note, notice: note, warning: note, error: note };
  const result = { failure: undefined, violations: 0, threads: [] };
  expect(logOutcome(result, new Map([[counter, 3]]), 1, log)).toBe(code);
  expect(messages[0]).toMatch(message);
});
