/** Which threads a run has: a profile by name, or the one that fits. */

import type { Config } from '../../config/config.js';
import { isMapping } from '../../config/scalar.js';
import { nearest } from '../../nearest.js';
import { BUILT_IN_NAMES, builtInProfile } from '../../profile/built-in.js';
import { type Profile, parseProfile } from '../../profile/profile.js';
import { PROFILES, RUN_MODE } from '../options.js';
import { UsageError } from '../usage-error.js';

/** What decides which profile fits. */
export interface Situation {
  /** Packets come from a wire. */
  readonly live: boolean;
  /** Captures, queues or devices. */
  readonly inputs: number;
  /** Several threads can read the captures side by side. */
  readonly together: boolean;
  readonly cores: number;
}

/**
 * The profile that `runmode` names, or the fitting one where it says `auto`.
 * @throws UsageError when there is no such profile, ProfileError when it is wrong
 */
export function chooseProfile(config: Config, situation: Situation): Profile {
  const wanted = config.read(RUN_MODE);
  return namedProfile(config, wanted === 'auto' ? fitting(situation) : wanted);
}

/** Names of all profiles, those of the configuration behind the built-in ones. */
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
  const meant = nearest(name, names);
  throw new UsageError(
    `unknown profile ${name}${meant ? `, did you mean ${meant}?` : '.'} Available: ${names.join(', ')}`,
  );
}

/** Profiles of the configuration, as they are written there. */
export function ownProfiles(config: Config): Record<string, unknown> {
  const profiles = config.read(PROFILES);
  return isMapping(profiles) ? profiles : {};
}

/** Several inputs are taken side by side; the work on one is divided where there are cores to spare. */
function fitting({ live, inputs, together, cores }: Situation): string {
  if (cores === 1) return 'single';
  if (live || inputs > 1) return 'workers';
  if (cores === 2) return 'single';
  return together ? 'workers' : 'autofp';
}

/** Until a thread's code is compiled and warm, another one could have read so much of a capture. */
const BYTES_A_THREAD = 128 * 2 ** 20;

/** How many threads are worth their start, where nobody says how many. @param totalBytes of captures, where known */
export function usefulThreads(cores: number, { totalBytes }: { readonly totalBytes?: number }): number {
  return totalBytes === undefined ? cores : Math.min(cores, 1 + Math.floor(totalBytes / BYTES_A_THREAD));
}
