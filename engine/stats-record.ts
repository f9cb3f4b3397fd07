/**
 * Statistics as a tree: the counter `decoder.pkts` becomes `{ decoder: { pkts: … } }`. The manager builds it from the
 * counters of all threads, and outputs turn it into lines (`ModuleDefinition.statistics`).
 */

/** A tree of numbers; lists have one entry per detection engine. */
export interface StatsTree {
  [name: string]: number | string | StatsTree | readonly StatsTree[];
}

/** An output's way to write statistics. */
export interface StatsLog {
  readonly file: string;
  /**
   * Returns the lines to append to the file.
   * @param stats with `uptime`, and `threads` (a tree per thread name)
   * @param seconds time since the epoch
   */
  lines(stats: StatsTree, seconds: number, nanoseconds: number): Uint8Array;
  /** No more statistics will follow. */
  close?(): void;
}

/** All values that are reported. */
export interface Statistics {
  readonly uptimeSeconds: number;
  readonly counters: Iterable<readonly [string, number]>;
  /** Counters of each thread, by its name. */
  readonly threads?: ReadonlyMap<string, Iterable<readonly [string, number]>>;
  /** Values that are not counters, by dotted name: `detect.engines` is a list. */
  readonly more?: Readonly<Record<string, number | string | readonly StatsTree[]>>;
}

export function statsTree({ uptimeSeconds, counters, threads, more }: Statistics): StatsTree {
  const tree: StatsTree = { uptime: uptimeSeconds, ...counterTree(counters) };
  for (const [name, value] of Object.entries(more ?? {})) put(tree, name, value);
  if (threads) {
    const named = [...threads].map(([name, values]) => [name, counterTree(values)] as const);
    tree.threads = Object.fromEntries(named);
  }
  return tree;
}

function counterTree(counters: Iterable<readonly [string, number]>): StatsTree {
  const tree: StatsTree = {};
  for (const [name, value] of counters) put(tree, name, value);
  derive(tree);
  return tree;
}

/** Adds derived values. */
function derive({ decoder }: StatsTree): void {
  if (typeof decoder !== 'object' || Array.isArray(decoder)) return;
  const { pkts, bytes } = decoder as StatsTree;
  if (typeof pkts !== 'number' || typeof bytes !== 'number') return;
  (decoder as StatsTree).avg_pkt_size = pkts === 0 ? 0 : Math.floor(bytes / pkts);
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
