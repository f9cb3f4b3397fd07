/** Garbage collection pauses, from the output of `node --trace-gc` for all threads of a process. */

export interface Pauses {
  readonly count: number;
  readonly totalMs: number;
  readonly longestMs: number;
}

/** Lines like `[12:0x5f] 81 ms: Scavenge 10.1 (12.0) -> 9.2 (13.0) MB, 0.52 / 0.00 ms (…)`. */
const LINE = /ms: (?:Scavenge|Mark-Compact)[^\n]*? MB, ([\d.]+) \//g;

export function pausesIn(output: string): Pauses {
  const each = [...output.matchAll(LINE)].map(match => Number(match[1]));
  return {
    count: each.length,
    totalMs: each.reduce((sum, ms) => sum + ms, 0),
    longestMs: Math.max(0, ...each),
  };
}
