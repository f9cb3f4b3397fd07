/** Loads the modules and handlers of a profile, and validates it. */
import type { ModuleDefinition } from '../module.js';
import { checkProfile } from '../profile/check.js';
import { type Profile, ProfileError } from '../profile/profile.js';
import type { QueueHandler } from '../queue/handler.js';
import { loadHandler, loadModule } from '../thread/load-module.js';

/** The modules and handlers of a profile, loaded by name. */
export interface LoadedProfile {
  readonly profile: Profile;
  readonly modules: ReadonlyMap<string, ModuleDefinition>;
  readonly handlers: ReadonlyMap<string, QueueHandler>;
}

/**
 * Substitutes `input` and `outputs` by real names, loads all modules and handlers, and checks the profile.
 * @throws ProfileError or Error naming what is wrong
 */
export async function loadProfile(
  profile: Profile,
  input: string,
  outputs: readonly string[],
  from: string,
): Promise<LoadedProfile> {
  const named: Profile = {
    ...profile,
    threads: profile.threads.map(group => ({
      ...group,
      modules: group.modules.flatMap(name =>
        name === 'input' ? [input] : name === 'outputs' ? outputs : [name],
      ),
    })),
  };
  const modules = new Map<string, ModuleDefinition>();
  const handlers = new Map<string, QueueHandler>();
  for (const group of named.threads) {
    for (const name of group.modules)
      if (!modules.has(name))
        modules.set(name, await withProfileName(named, group.name, loadModule(name, from)));
    if (group.to !== undefined)
      handlers.set(group.handler, await withProfileName(named, group.name, loadHandler(group.handler, from)));
  }
  checkProfile(named, { module: name => modules.get(name)!, handler: name => handlers.get(name)! });
  return { profile: named, modules, handlers };
}

async function withProfileName<T>(profile: Profile, group: string, loading: Promise<T>): Promise<T> {
  try {
    return await loading;
  } catch (error) {
    throw new ProfileError(`profile ${profile.name}, thread ${group}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
