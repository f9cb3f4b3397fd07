/** Published and measured cases of overlapping fragments, if they are next to the project. */
import { existsSync, readFileSync } from 'node:fs';
import { HOST_OS } from '../../engine/stream/host-os-policy.js';

const FILE = new URL('../../../shared/vectors/ip-frag.json', import.meta.url);

export interface FragmentCase {
  id: string;
  family: (4 | 6)[];
  fragments: { n: number; off: number; data: string; mf: 0 | 1; proto?: number }[];
  /** Bytes of the datagram, null if there is none. */
  policies: Record<string, string | null>;
  disputed?: Record<string, Record<string, string | null>>;
  os?: Record<string, string | null>;
}

const all: readonly FragmentCase[] = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : [];

/** Cases with expected bytes by policy. */
export const fragmentCases = all.filter(test => Object.keys(test.policies).length > 0);

/**
 * Expected results of each policy: agreed values, the pairwise rule where engines differ, what was measured on Linux.
 */
export function fragmentExpectations({ policies, disputed, os }: FragmentCase): [string, string | null][] {
  const wanted = Object.entries(policies);
  for (const [name, values] of Object.entries(disputed ?? {})) {
    if (values['pairwise-rule'] !== undefined) wanted.push([name, values['pairwise-rule']]);
  }
  if (os?.['linux-6.18'] !== undefined) wanted.push(['linux-6', os['linux-6.18']]);
  return wanted.filter(([name]) => HOST_OS.includes(name as (typeof HOST_OS)[number]));
}
