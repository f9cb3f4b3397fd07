import { expect, test } from 'vitest';
import { parseThresholds, thresholdsAdder } from '../../signatures/threshold-config.js';

const read = (content: string) => parseThresholds(content, 'file', new Map([['HOME_NET', '[10.0.0.0/8]']]));

const SPAN = 'count 10, seconds 60';
const FILTER = `rate_filter gen_id 1, sig_id 1, track by_src, ${SPAN}, timeout 30`;

test.each([
  `threshold gen_id 1, sig_id 1, type both, track by_flow, ${SPAN}`,
  `event_filter gen_id 1,sig_id 1,type limit,track by_rule,${SPAN}`,
  `threshold gen_id 1, sig_id 1, \\\n  type threshold, track by_both, ${SPAN}`,
  ...['alert', 'drop', 'pass', 'reject', 'log', 'sdrop'].map(action => `${FILTER}, new_action ${action}`),
  'suppress gen_id 0, sig_id 0',
  'suppress gen_id 1, sig_id 1, track by_either, ip [192.0.2.0/24, !192.0.2.1]',
  'suppress gen_id 1, sig_id 1, track by_src, ip $HOME_NET',
])('a valid line is accepted: %s', line => {
  expect(read(`# a comment\n\n${line}\n`)).toEqual({ rules: [expect.anything()], problems: [] });
});

test.each([
  [`threshold gen_id 1, sig_id 1, type both, track by_either, ${SPAN}`, 'track "by_either"'],
  ['suppress gen_id 1, sig_id 1, track by_both, ip 192.0.2.1', 'track "by_both"'],
  ['suppress gen_id 1, sig_id 1, track by_src', 'needs ip'],
  ['suppress gen_id 0, sig_id 1', 'gen_id 0'],
  [`${FILTER}, new_action log,`, 'is invalid'],
  [`${FILTER}, new_action nothing`, 'new_action "nothing"'],
  ['supress gen_id 1, sig_id 1', '"supress" is not one of suppress'],
  ['nonsense', '"nonsense" is not one of'],
  ['suppress gen_id 1, sig_id 1, ipp 192.0.2.1', '"ipp" is not one of gen_id, sig_id, track, ip'],
  ['suppress gen_id 1, sig_id 1, trak by_src, ip 192.0.2.1', '"trak" is not one of'],
  [`threshold gen_id 1, sig_id 1, type both, track by_src, track by_dst, ${SPAN}`, 'track is given twice'],
  ['threshold gen_id 1, sig_id 1, type both, track by_src, count 1, seconds 4294967296', 'up to 4294967295'],
  ['suppress gen_id 1, \\\n\n', '"" is invalid'],
])('an invalid line is rejected: %s', (line, reason) => {
  const { rules, problems } = read(`\n${line}`);
  expect(rules).toEqual([]);
  expect(problems).toEqual([expect.stringContaining('file line 2: ')]);
  expect(problems[0]).toContain(reason);
});

test.each(['', '\n', '\n\n', '\n# a comment\n'])('a line that continues with nothing counts: %j', rest => {
  const { rules, problems } = read(`suppress gen_id 1, sig_id 1 \\${rest}`);
  expect([rules.length, problems]).toEqual([1, []]);
});

/** Types of the thresholds of a signature with `own` ones and with the lines of the file. */
function typesOf(own: readonly string[], ...lines: string[]): string[] {
  const { rules } = read(lines.join('\n'));
  const thresholds = own.map(type => ({ type }));
  return thresholdsAdder(rules)({ gid: 1, sid: 1, thresholds }).thresholds.map(
    threshold => (threshold as { type: string }).type,
  );
}

test('a threshold replaces those of the signature and of earlier lines; filters and lines for all rules do not', () => {
  const limit = `threshold gen_id 1, sig_id 1, type limit, track by_src, ${SPAN}`;
  const both = limit.replace('limit', 'both');
  const all = `threshold gen_id 0, sig_id 0, type limit, track by_src, ${SPAN}`;
  const filter = `${FILTER}, new_action drop`;
  expect(typesOf(['threshold'], limit)).toEqual(['limit']);
  expect(typesOf(['detection_filter'], limit)).toEqual(['detection_filter', 'limit']);
  expect(typesOf([], limit, both)).toEqual(['both']);
  expect(typesOf(['both'], all)).toEqual(['both']);
  expect(typesOf([], all)).toEqual(['limit']);
  expect(typesOf([], all, both)).toEqual(['both']);
  expect(typesOf(['detection_filter'], filter)).toEqual(['detection_filter']);
  expect(typesOf([], filter)).toEqual(['rate_filter']);
  expect(typesOf(['both'], 'suppress gen_id 1, sig_id 1', filter)).toEqual(['suppress', 'both']);
});
