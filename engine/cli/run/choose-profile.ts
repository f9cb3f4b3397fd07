/** Selects the threads of a run: a profile by name, or automatically. */

import type { Config } from '../../config/config.js';
import { isMapping } from '../../config/scalar.js';
import { nearest } from '../../nearest.js';
import { BUILT_IN_NAMES, builtInProfile } from '../../profile/built-in.js';
import { type Profile, parseProfile } from '../../profile/profile.js';
import { PROFILES, RUN_MODE } from '../options.js';
import { UsageError } from '../usage-error.js';

/** What the automatic choice depends on. */
export interface RunConditions {
  /** Packets come from live traffic. */
  readonly live: boolean;
  /** Number of captures, queues or devices. */
  readonly inputs: number;
  /** Several threads can read captures in parallel. */
  readonly together: boolean;
  readonly cores: number;
}

/**
 * The profile named by `runmode`, or the best fit for `auto`.
 * @throws UsageError when there is no such profile, ProfileError when it is invalid
 */
export function chooseProfile(config: Config, conditions: RunConditions): Profile {
  const wanted = config.read(RUN_MODE);
  return namedProfile(config, wanted === 'auto' ? suitableProfile(conditions) : wanted);
}

/** Names of all profiles, built-in ones first. */
export function profileNames(config: Config): string[] {
  return [...new Set([...BUILT_IN_NAMES, ...Object.keys(ownProfiles(config))])];
}

/** A profile of the configuration, or a built-in one. @throws UsageError, ProfileError */
export function namedProfile(config: Config, name: string): Profile {
  const profiles = ownProfiles(config);
  if (Object.hasOwn(profiles, name)) return parseProfile(name, profiles[name]);
  const profile = builtInProfile(name);
  if (profile) return profile;
  const names = profileNames(config);
  const suggestion = nearest(name, names);
  throw new UsageError(
    `unknown profile ${name}${suggestion ? `, did you mean ${suggestion}?` : '.'} Available: ${names.join(', ')}`,
  );
}

/** Profiles in the configuration, unparsed. */
export function ownProfiles(config: Config): Record<string, unknown> {
  const profiles = config.read(PROFILES);
  return isMapping(profiles) ? profiles : {};
}

/** Several inputs are read in parallel; a single one is divided if there are spare cores. */
function suitableProfile({ live, inputs, together, cores }: RunConditions): string {
  if (cores === 1) return 'single';
  if (live || inputs > 1) return 'workers';
  if (cores === 2) return 'single';
  return together ? 'workers' : 'autofp';
}

/** What other threads read of a capture while a new thread's code is compiled and warms up. */
const BYTES_PER_THREAD = 128 * 2 ** 20;

/** Number of threads worth starting if none is configured. @param totalBytes of captures, where known */
export function usefulThreads(cores: number, { totalBytes }: { readonly totalBytes?: number }): number {
  return totalBytes === undefined ? cores : Math.min(cores, 1 + Math.floor(totalBytes / BYTES_PER_THREAD));
}
