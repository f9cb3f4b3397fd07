/** Published and measured overlap cases, if they are next to the project. */
import { existsSync, readFileSync } from 'node:fs';

const FILE = new URL('../../../shared/vectors/tcp-overlap.json', import.meta.url);

export interface OverlapCase {
  id: string;
  from: number;
  segments: ({ n: number; seq: number; data: string } | { deliver: number })[];
  policies: Record<string, string>;
  disputed?: Record<string, Record<string, string>>;
  os?: Record<string, string>;
  rewritten_packets?: string[];
}

export const overlapCases: readonly OverlapCase[] = existsSync(FILE)
  ? JSON.parse(readFileSync(FILE, 'utf8'))
  : [];

/** Initial sequence numbers: the stream wraps at once, soon, in the middle of the signed range, or not. */
export const ISNS = [0, 1, 2 ** 31 - 10, 2 ** 32 - 11];

/**
 * Expected results of each policy: agreed values, the pairwise rule where engines differ from it, and what was measured
 * on Linux. Bytes from sequence number `from` on; a dot is a gap.
 */
export function expectations({ policies, disputed, os }: OverlapCase): [policy: string, bytes: string][] {
  const wanted = Object.entries(policies);
  for (const [name, values] of Object.entries(disputed ?? {})) {
    if (values['pairwise-rule'] !== undefined) wanted.push([name, values['pairwise-rule']]);
  }
  if (os?.['linux-6.18'] !== undefined) wanted.push(['linux-6', os['linux-6.18']]);
  return wanted;
}
