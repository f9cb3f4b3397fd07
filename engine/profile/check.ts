/**
 * Checks a profile before any thread starts: every queue has a reader, there is no cycle, every packet passes exactly
 * one verdict module, and modules are in valid positions.
 */
import type { ModuleDefinition } from '../module.js';
import type { QueueHandler } from '../queue/handler.js';
import { END, type Profile, ProfileError, type ThreadGroup, waysOf } from './profile.js';

/** The modules and handlers that the names in a profile refer to. */
export interface ProfileParts {
  module(name: string): ModuleDefinition;
  handler(name: string): QueueHandler;
}

/** @throws ProfileError at the first error */
export function checkProfile(profile: Profile, parts: ProfileParts): void {
  checkNames(profile);
  for (const group of profile.threads) checkWays(profile, group, parts);
  checkCycles(profile);
  for (const group of profile.threads) checkInput(profile, group, parts);
  for (const group of sources(profile)) checkPath(profile, group, [], parts);
  for (const group of profile.threads) {
    checkTogether(profile, group, parts);
    checkFlows(profile, group, parts);
  }
}

function fail(profile: Profile, place: string, message: string): never {
  throw new ProfileError(`profile ${profile.name}, ${place}: ${message}`);
}

function checkNames(profile: Profile): void {
  const seen = new Set<string>([END]);
  for (const { name } of profile.threads) {
    if (seen.has(name))
      fail(profile, `thread ${name}`, name === END ? 'this name is reserved' : 'the name is used twice');
    seen.add(name);
  }
}

function groupNamed(profile: Profile, name: string): ThreadGroup | undefined {
  return profile.threads.find(group => group.name === name);
}

/** Groups that pass packets to `group`. */
function producersOf(profile: Profile, group: ThreadGroup): ThreadGroup[] {
  return profile.threads.filter(other => Object.values(waysOf(other)).includes(group.name));
}

function sources(profile: Profile): ThreadGroup[] {
  return profile.threads.filter(group => producersOf(profile, group).length === 0);
}

function checkWays(profile: Profile, group: ThreadGroup, parts: ProfileParts): void {
  const ways = waysOf(group);
  const place = `thread ${group.name}`;
  if (Object.keys(ways).length === 0) return;
  const handler = parts.handler(group.handler);
  for (const way of Object.keys(ways)) {
    if (!handler.ways.includes(way))
      fail(
        profile,
        place,
        `queue handler ${group.handler} has no way "${way}"; it has ${handler.ways.join(', ')}`,
      );
  }
  const missing = handler.ways.find(way => !(way in ways) && !handler.optional?.includes(way));
  if (missing)
    fail(profile, place, `queue handler ${group.handler} needs a thread or end for its way "${missing}"`);
  for (const target of Object.values(ways)) {
    if (target !== END && !groupNamed(profile, target)) {
      const names = profile.threads.map(other => other.name).join(', ');
      fail(profile, place, `its queue to "${target}" has no reader; threads are ${names}`);
    }
  }
}

function checkCycles(profile: Profile): void {
  const visit = (group: ThreadGroup, path: readonly string[]): void => {
    if (path.includes(group.name))
      fail(profile, 'queues', `queues form a cycle: ${[...path, group.name].join(' → ')}`);
    for (const target of Object.values(waysOf(group))) {
      const next = groupNamed(profile, target);
      if (next) visit(next, [...path, group.name]);
    }
  };
  for (const group of profile.threads) visit(group, []);
}

function checkInput(profile: Profile, group: ThreadGroup, parts: ProfileParts): void {
  const place = `thread ${group.name}`;
  const acquiring = group.modules.filter(name => parts.module(name).kind === 'acquire');
  const fed = producersOf(profile, group).length > 0;
  if (fed && acquiring.length > 0)
    fail(profile, place, `it reads a queue and cannot also acquire packets (module ${acquiring[0]})`);
  if (!fed && acquiring.length === 0)
    fail(profile, place, 'it receives no packets: it has no queue to read and no acquire module');
  if (acquiring.length > 1) fail(profile, place, `it has two acquire modules: ${acquiring.join(', ')}`);
  if (acquiring.length === 1 && group.modules[0] !== acquiring[0])
    fail(profile, place, `acquire module ${acquiring[0]} must come first`);
}

/** Follows the paths of a packet: checks the order of modules, and for one verdict on every path. */
function checkPath(
  profile: Profile,
  group: ThreadGroup,
  before: readonly string[],
  parts: ProfileParts,
): void {
  const passed = [...before];
  for (const name of group.modules) {
    const definition = parts.module(name);
    for (const needed of definition.after ?? []) {
      if (isInProfile(profile, needed) && !passed.includes(needed)) {
        fail(profile, `thread ${group.name}`, `module ${name} must come after ${needed}`);
      }
    }
    if (definition.judges && passed.some(other => parts.module(other).judges)) {
      fail(profile, `thread ${group.name}`, `a packet would get a second verdict from module ${name}`);
    }
    passed.push(name);
  }
  const ways = Object.values(waysOf(group));
  if (ways.length === 0 || ways.includes(END)) checkVerdict(profile, group, passed, parts);
  for (const target of new Set(ways)) {
    const next = groupNamed(profile, target);
    if (next) checkPath(profile, next, passed, parts);
  }
}

/** Every path must include a verdict module: live packets wait for a verdict. */
function checkVerdict(
  profile: Profile,
  group: ThreadGroup,
  passed: readonly string[],
  parts: ProfileParts,
): void {
  if (passed.some(name => parts.module(name).judges)) return;
  fail(
    profile,
    `thread ${group.name}`,
    'packets leave it without a verdict: add a verdict module on their path',
  );
}

function isInProfile(profile: Profile, module: string): boolean {
  return profile.threads.some(group => group.modules.includes(module));
}

function checkTogether(profile: Profile, group: ThreadGroup, parts: ProfileParts): void {
  for (const name of group.modules) {
    for (const partner of parts.module(name).together ?? []) {
      if (isInProfile(profile, partner) && !group.modules.includes(partner)) {
        fail(profile, `thread ${group.name}`, `modules ${name} and ${partner} must be in the same thread`);
      }
    }
  }
}

/** Modules with per-flow state need all packets of a flow, in order. */
function checkFlows(profile: Profile, group: ThreadGroup, parts: ProfileParts): void {
  const keeper = group.modules.find(name => parts.module(name).perFlow);
  if (!keeper) return;
  for (const producer of producersOf(profile, group)) {
    const place = `queue ${producer.name} → ${group.name}`;
    if (group.count !== 1 && !parts.handler(producer.handler).keepsFlows) {
      fail(
        profile,
        place,
        `module ${keeper} needs all packets of a flow in one thread; use flow-hash instead of ${producer.handler}`,
      );
    }
    if (!producer.ordered && scatters(profile, producer, parts)) {
      fail(
        profile,
        place,
        `module ${keeper} needs packets in order, but several ${producer.name} threads compete: set ordered: yes`,
      );
    }
  }
}

/** True when packets of one flow may go to different threads of `group`. */
function scatters(profile: Profile, group: ThreadGroup, parts: ProfileParts): boolean {
  if (group.count === 1) return false;
  return producersOf(profile, group).some(
    producer => !parts.handler(producer.handler).keepsFlows || producer.handler === 'address-hash',
  );
}
