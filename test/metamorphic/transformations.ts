/** The transformations of a scenario, by name. */

import type { Transformation } from './transformation.js';
import addresses from './transformations/addresses.js';
import fastPattern from './transformations/fast-pattern.js';
import fragments from './transformations/fragments.js';
import ipv6 from './transformations/ipv6.js';
import merged from './transformations/merged.js';
import reloaded from './transformations/reloaded.js';
import ruleNotation from './transformations/rule-notation.js';
import runModes from './transformations/run-modes.js';
import subset from './transformations/subset.js';
import times from './transformations/times.js';
import tunnels from './transformations/tunnels.js';

export const TRANSFORMATIONS: Readonly<Record<string, Transformation>> = {
  merged,
  ipv6,
  tunnels,
  fragments,
  times,
  addresses,
  'run-modes': runModes,
  'rule-notation': ruleNotation,
  'fast-pattern': fastPattern,
  subset,
  reloaded,
};
