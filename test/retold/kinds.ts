/** The transformations of a story, by name. */
import ends from './kinds/ends.js';
import fastPattern from './kinds/fast-pattern.js';
import fragments from './kinds/fragments.js';
import ipv6 from './kinds/ipv6.js';
import merged from './kinds/merged.js';
import reloaded from './kinds/reloaded.js';
import subset from './kinds/subset.js';
import times from './kinds/times.js';
import tunnels from './kinds/tunnels.js';
import ways from './kinds/ways.js';
import written from './kinds/written.js';
import type { Retelling } from './retelling.js';

export const KINDS: Readonly<Record<string, Retelling>> = {
  merged,
  ipv6,
  tunnels,
  fragments,
  times,
  ends,
  ways,
  written,
  'fast-pattern': fastPattern,
  subset,
  reloaded,
};
