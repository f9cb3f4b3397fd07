/** Whether the engine gives the same records of a transformed story. */
import { difference } from '../fuzz/disagreements.js';
import { type LeftOut, withoutMembers } from './left-out.js';
import type { Retold } from './retelling.js';
import { type Told, withoutRules } from './story.js';
import type { Teller } from './telling.js';

/** Number of occurrences of each line, by capture. */
type Counted = Map<string, Map<string, number>>;

/** @returns a few lines for each capture with differences; empty if there are none */
export async function differences(teller: Teller, retold: Retold): Promise<string[]> {
  const { leftOut } = retold;
  const isOut = (rule: string) => leftOut.some(each => each.rule?.(rule));
  const hasOut = retold.told.rules.some(isOut);
  const [told, other] = [retold.told, retold.retold].map(story =>
    hasOut ? withoutRules(story, isOut) : story,
  );
  const [first, second] = [await teller.tell(told!), await teller.tell(other!)];
  const back = retold.back ?? (told => told);
  const expected = counted(first.records, leftOut);
  const given = counted(
    second.records.map(each => back(each)).filter(each => each !== undefined),
    leftOut,
  );
  const lines = [...first.wrong, ...second.wrong];
  for (const capture of new Set([...expected.keys(), ...given.keys()]))
    for (const line of difference(expected.get(capture), given.get(capture)))
      lines.push(`${retold.name}, ${capture}: ${line}`);
  return lines;
}

function counted(records: readonly Told[], leftOut: readonly LeftOut[]): Counted {
  const all: Counted = new Map();
  for (const { capture, record } of records) {
    if (leftOut.some(each => each.record?.(record))) continue;
    const of = all.get(capture) ?? new Map<string, number>();
    all.set(capture, of);
    const line = JSON.stringify(withoutMembers(record, leftOut));
    of.set(line, (of.get(line) ?? 0) + 1);
  }
  return all;
}
