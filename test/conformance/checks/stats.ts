/** `stats`: counters of the last stats record. */
import { CheckFailure } from './failure.js';
import type { Records } from './records.js';
import { equal, findValue } from './value.js';

/** @throws CheckFailure naming the counters that differ */
export function checkStats(expected: Readonly<Record<string, unknown>>, records: Records): void {
  const all = records.of('eve.json').filter(record => findValue('event_type', record) === 'stats');
  const last = all.at(-1);
  if (last === undefined) throw new CheckFailure('no stats record');
  const stats = findValue('stats', last);
  const wrong = Object.entries(expected).filter(([name, value]) => !equal(findValue(name, stats), value));
  if (wrong.length === 0) return;
  const texts = wrong.map(
    ([name, value]) =>
      `${name} is ${JSON.stringify(findValue(name, stats))}, expected ${JSON.stringify(value)}`,
  );
  throw new CheckFailure(`stats: ${texts.join('; ')}`);
}
