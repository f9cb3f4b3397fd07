/** Figures of a case over its runs, as a table and compared with earlier results. */
import type { Pauses } from './garbage.js';
import type { HardwareCounts } from './hardware.js';
import type { Measured } from './measure.js';

/** Median, lowest and highest value of the runs. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export interface CaseResult {
  readonly name: string;
  readonly runs: number;
  readonly packets: number;
  readonly alerts: number;
  readonly packetsPerSecond: Spread;
  readonly gigabitsPerSecond: Spread;
  /** CPU of the whole process while packets flow: seconds for a million packets are microseconds per packet. */
  readonly cpuMicroseconds: Spread;
  readonly peakMegabytes: Spread;
  readonly startSeconds: Spread;
  /** Microseconds per packet of each stage alone; only of the `stages alone` cases. */
  readonly stages?: Readonly<Record<string, Spread>>;
  /** Per packet, of the whole process including its start; only if the machine counts them. */
  readonly cycles?: Spread;
  readonly instructions?: Spread;
  readonly pauses: { readonly count: Spread; readonly totalMs: Spread; readonly longestMs: Spread };
}

export type Run = Measured & { readonly pauses: Pauses; readonly hardware?: HardwareCounts };

export function summarize(name: string, runs: readonly Run[]): CaseResult {
  const of = (figure: (run: Run) => number): Spread => spread(runs.map(figure));
  return {
    name,
    runs: runs.length,
    packets: runs[0]!.packets,
    alerts: runs[0]!.alerts,
    packetsPerSecond: of(run => run.packets / run.seconds),
    gigabitsPerSecond: of(run => (run.bytes * 8) / run.seconds / 1e9),
    cpuMicroseconds: of(run => (run.cpuSeconds * 1e6) / Math.max(1, run.packets)),
    peakMegabytes: of(run => run.peakBytes / 2 ** 20),
    startSeconds: of(run => run.startSeconds),
    ...stagesOf(runs),
    ...hardwareOf(runs),
    pauses: {
      count: of(run => run.pauses.count),
      totalMs: of(run => run.pauses.totalMs),
      longestMs: of(run => run.pauses.longestMs),
    },
  };
}

function stagesOf(runs: readonly Run[]): Pick<CaseResult, 'stages'> {
  const names = Object.keys(runs[0]!.stages ?? {});
  if (names.length === 0) return {};
  const each = names.map(name => [name, spread(runs.map(run => run.stages?.[name] ?? 0))] as const);
  return { stages: Object.fromEntries(each) };
}

function hardwareOf(runs: readonly Run[]): Pick<CaseResult, 'cycles' | 'instructions'> {
  if (!runs.every(run => run.hardware)) return {};
  const of = (count: keyof HardwareCounts) =>
    spread(runs.map(run => run.hardware![count] / Math.max(1, run.packets)));
  return { cycles: of('cycles'), instructions: of('instructions') };
}

/** Time of each stage, the most expensive first. */
export function stageLines({ name, stages }: CaseResult): string[] {
  if (!stages) return [];
  const sorted = Object.entries(stages).sort(([, a], [, b]) => b.median - a.median);
  const line = ([stage, { median, low, high }]: [string, Spread]) =>
    `  ${stage.padEnd(28)}${median.toFixed(3).padStart(8)} µs/packet (${low.toFixed(3)}–${high.toFixed(3)})`;
  return ['', name, ...sorted.map(line)];
}

/** CPU time in comparison with a bare scan of all payloads for the same rules, timed in the same run. */
export function yardstick(results: readonly CaseResult[]): string[] {
  const cpuOf = (name: string) => results.find(each => each.name === name)?.cpuMicroseconds.median;
  return results.flatMap(({ name }) => {
    const rules = /^bare scan, (.+)$/.exec(name)?.[1];
    if (rules === undefined) return [];
    const bare = cpuOf(name)!;
    return [`single, ${rules}`, `warm, workers 1, ${rules}`].flatMap(whole => {
      const cpu = cpuOf(whole);
      if (cpu === undefined) return [];
      const times = (cpu / bare).toFixed(2);
      return [`${whole}: ${times} × the time of a bare scan of the payloads (${bare.toFixed(3)} µs/packet)`];
    });
  });
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const median = (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
  return { median, low: sorted[0]!, high: sorted.at(-1)! };
}

export const HEADINGS =
  'case                                        packets/s  Gbit/s  CPU µs/packet (low–high)   start s   peak MB   GC ms (longest)   alerts';

export function line(result: CaseResult): string {
  const { packetsPerSecond, gigabitsPerSecond, cpuMicroseconds: cpu, pauses } = result;
  return [
    result.name.padEnd(40),
    Math.round(packetsPerSecond.median).toLocaleString('en-US').padStart(12),
    gigabitsPerSecond.median.toFixed(2).padStart(8),
    `${cpu.median.toFixed(3)} (${cpu.low.toFixed(3)}–${cpu.high.toFixed(3)})`.padStart(26),
    result.startSeconds.median.toFixed(2).padStart(10),
    result.peakMegabytes.median.toFixed(0).padStart(10),
    `${pauses.totalMs.median.toFixed(0)} (${pauses.longestMs.median.toFixed(1)})`.padStart(18),
    String(result.alerts).padStart(9),
  ].join('');
}

/** Cases in both results: how CPU time, memory and alerts changed. */
export function comparison(before: readonly CaseResult[], now: readonly CaseResult[]): string[] {
  return now.flatMap(result => {
    const old = before.find(each => each.name === result.name);
    if (!old) return [];
    const percent = (a: number, b: number) => `${b >= a ? '+' : ''}${((b / a - 1) * 100).toFixed(1)} %`;
    const alerts = old.alerts === result.alerts ? '' : `, alerts ${old.alerts} → ${result.alerts}`;
    return [
      `${result.name.padEnd(40)} CPU ${percent(old.cpuMicroseconds.median, result.cpuMicroseconds.median)}, ` +
        `memory ${percent(old.peakMegabytes.median, result.peakMegabytes.median)}${alerts}`,
    ];
  });
}
