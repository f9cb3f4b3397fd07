/** Cycles and instructions, as counted by `perf` if kernel and processor allow it. */
import { spawnSync } from 'node:child_process';

export interface HardwareCounts {
  readonly cycles: number;
  readonly instructions: number;
}

const PERF = ['perf', 'stat', '-x,', '-e', 'cycles:u,instructions:u'];

/** @returns words to put before a program, undefined if nothing can be counted */
export function perfCommand(): readonly string[] | undefined {
  const { status, stderr } = spawnSync(PERF[0]!, [...PERF.slice(1), 'true'], { encoding: 'utf8' });
  return status === 0 && hardwareCounts(stderr) ? PERF : undefined;
}

/** @param text lines `COUNT,,EVENT,…` */
export function hardwareCounts(text: string): HardwareCounts | undefined {
  const of = (event: string) =>
    Number(new RegExp(`^(\\d+),[^,]*,${event}`, 'm').exec(text)?.[1] ?? Number.NaN);
  const [cycles, instructions] = [of('cycles'), of('instructions')];
  return cycles > 0 && instructions > 0 ? { cycles, instructions } : undefined;
}
