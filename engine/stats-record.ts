/**
 * Statistics as the members of an EVENT_STATS record: counters named `decoder.pkts` become
 * `"stats":{"uptime":…,"decoder":{"pkts":…}}`.
 */

/** A tree of numbers; lists hold what is told of each engine. */
export interface StatsTree {
  [name: string]: number | string | StatsTree | readonly StatsTree[];
}

/** What is told beside counters. */
export interface StatsExtra {
  readonly uptimeSeconds: number;
  /** Counters of each thread, by its name, when some output wants them. */
  readonly threads?: ReadonlyMap<string, Iterable<readonly [string, number]>>;
  /** Values that are no counters, by dotted name: `detect.engines` is a list. */
  readonly more?: Readonly<Record<string, number | string | readonly StatsTree[]>>;
}

/** @returns JSON members without braces, to be the payload of an EVENT_STATS event */
export function statsMembers(counters: Iterable<readonly [string, number]>, extra: StatsExtra): string {
  const stats: StatsTree = { uptime: extra.uptimeSeconds };
  for (const [name, value] of counters) put(stats, name, value);
  for (const [name, value] of Object.entries(extra.more ?? {})) put(stats, name, value);
  if (extra.threads) {
    const threads: StatsTree = {};
    for (const [name, values] of extra.threads) threads[name] = statsTree(values);
    stats.threads = threads;
  }
  return JSON.stringify({ stats }).slice(1, -1);
}

/** Counters as a tree. */
export function statsTree(counters: Iterable<readonly [string, number]>): StatsTree {
  const tree: StatsTree = {};
  for (const [name, value] of counters) put(tree, name, value);
  return tree;
}

/** A name that is both a number and a group keeps the group. */
function put(tree: StatsTree, name: string, value: number | string | readonly StatsTree[]): void {
  const parts = name.split('.');
  let node = tree;
  for (const part of parts.slice(0, -1)) {
    const next = node[part];
    if (next === undefined || typeof next !== 'object' || Array.isArray(next)) node[part] = {};
    node = node[part] as StatsTree;
  }
  const last = parts.at(-1)!;
  if (node[last] === undefined || typeof node[last] !== 'object') node[last] = value;
}
