/** `filter`: number of records of a JSON lines file that match all conditions. */
import { CheckFailure } from './failure.js';
import type { Records } from './records.js';
import { findValue, matches } from './value.js';

export interface Filter {
  readonly count?: number;
  readonly filename?: string;
  readonly match?: Readonly<Record<string, unknown>>;
  readonly comment?: string;
}

/** @throws CheckFailure with the actual count and the closest condition */
export function checkFilter(filter: Filter, records: Records): void {
  const all = records.of(filter.filename ?? 'eve.json');
  const conditions = Object.entries(filter.match ?? {});
  const found = all.filter(record =>
    conditions.every(([key, expected]) => meetsCondition(record, key, expected)),
  ).length;
  const expectedCount = filter.count ?? 1;
  if (found === expectedCount) return;
  throw new CheckFailure(
    `${found} of ${all.length} records match, expected ${expectedCount}: ${conditionsText(conditions)}${hint(all, conditions)}`,
  );
}

function meetsCondition(record: unknown, key: string, expected: unknown): boolean {
  if (key === 'has-key') return listOf(expected).every(path => findValue(path, record) != null);
  if (key === 'not-has-key') return listOf(expected).every(path => findValue(path, record) == null);
  return matches(record, key, expected);
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

function conditionsText(conditions: readonly [string, unknown][]): string {
  return conditions.map(([key, expected]) => `${key}=${JSON.stringify(expected)}`).join(' ');
}

/** If a single condition prevents a match: that condition, and the actual value. */
function hint(all: readonly unknown[], conditions: readonly [string, unknown][]): string {
  for (const record of all) {
    const unmet = conditions.filter(([key, expected]) => !meetsCondition(record, key, expected));
    if (unmet.length !== 1) continue;
    const path = unmet[0]![0].replace(/\.__\w+$/, '');
    const value = JSON.stringify(findValue(path, record)) ?? 'nothing';
    return ` (one record has all but ${unmet[0]![0]}: ${value.slice(0, 200)})`;
  }
  return '';
}
