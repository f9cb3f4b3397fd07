/** Whether the engine gives the same records of a transformed scenario. */
import { difference } from '../fuzz/disagreements.js';
import { type IgnoredDifference, withoutMembers } from './ignored-differences.js';
import { type CaptureRecord, withoutRules } from './scenario.js';
import type { ScenarioRunner } from './scenario-runner.js';
import type { ScenarioPair } from './transformation.js';

/** Number of occurrences of each line, by capture. */
type RecordCounts = Map<string, Map<string, number>>;

/** @returns a few lines for each capture with differences; empty if there are none */
export async function differences(runner: ScenarioRunner, pair: ScenarioPair): Promise<string[]> {
  const { ignored } = pair;
  const isIgnored = (rule: string) => ignored.some(each => each.matchesRule?.(rule));
  const hasIgnoredRule = pair.original.rules.some(isIgnored);
  const [original, transformed] = [pair.original, pair.transformed].map(scenario =>
    hasIgnoredRule ? withoutRules(scenario, isIgnored) : scenario,
  );
  const [first, second] = [await runner.run(original!), await runner.run(transformed!)];
  const restore = pair.restore ?? (record => record);
  const expected = countRecords(first.records, ignored);
  const actual = countRecords(
    second.records.map(each => restore(each)).filter(each => each !== undefined),
    ignored,
  );
  const lines = [...first.errors, ...second.errors];
  for (const capture of new Set([...expected.keys(), ...actual.keys()]))
    for (const line of difference(expected.get(capture), actual.get(capture)))
      lines.push(`${pair.name}, ${capture}: ${line}`);
  return lines;
}

function countRecords(
  records: readonly CaptureRecord[],
  ignored: readonly IgnoredDifference[],
): RecordCounts {
  const all: RecordCounts = new Map();
  for (const { capture, record } of records) {
    if (ignored.some(each => each.matchesRecord?.(record))) continue;
    const counts = all.get(capture) ?? new Map<string, number>();
    all.set(capture, counts);
    const line = JSON.stringify(withoutMembers(record, ignored));
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return all;
}
