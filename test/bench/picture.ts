/** A picture of the results: CPU time of each case as a bar, and of each stage alone. */
import { type Bar, bars } from './chart.js';
import type { CaseResult } from './result.js';

export function picture(machine: string, results: readonly CaseResult[]): string {
  const whole = results.filter(each => !each.stages && !each.name.startsWith('up to'));
  const alone = results.filter(each => each.stages);
  const charts = [
    { title: 'CPU time, µs per packet (line: lowest to highest run)', bars: whole.map(barOf) },
    ...alone.map(({ name, stages }) => ({
      title: `${name}, µs per packet`,
      bars: Object.entries(stages!)
        .map(([stage, { median, low, high }]) => ({ name: stage, value: median, low, high }))
        .sort((a, b) => b.value - a.value)
        .slice(0, 14),
    })),
  ];
  return bars(machine, charts);
}

function barOf({ name, cpuMicroseconds: { median, low, high } }: CaseResult): Bar {
  return { name, value: median, low, high };
}
