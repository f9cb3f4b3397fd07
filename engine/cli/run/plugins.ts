/** Third-party plugins in a configuration: protocols, and modules in its profiles. */
import { loadProtocols, PROTOCOL_PLUGINS } from '../../application/load-protocols.js';
import type { Config } from '../../config/config.js';
import type { AnyOption } from '../../config/option.js';
import { findPlugin } from '../../detection/find.js';
import { parseProfile } from '../../profile/profile.js';
import type { Protocol } from '../../protocol.js';
import { loadModules, loadOwnModules } from '../../thread/load-module.js';
import { addSettings, folderOf, type Settings } from '../settings.js';
import { UsageError } from '../usage-error.js';
import { ownProfiles } from './choose-profile.js';

/** Absolute paths of third-party protocols: threads do not know the folder that names are relative to. */
export function protocolPlugins(config: Config, from: string): string[] {
  const paths = config.read(PROTOCOL_PLUGINS).map(name => findPlugin(name, from, 'protocol'));
  addSettings(config, { [PROTOCOL_PLUGINS.path]: paths });
  return paths;
}

/** All protocols of a run with these settings. @throws UsageError naming what cannot be loaded */
export async function configuredProtocols(settings: Pick<Settings, 'config' | 'file'>): Promise<Protocol[]> {
  try {
    return await loadProtocols(protocolPlugins(settings.config, folderOf(settings)));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Options of third-party modules in profiles; load errors are reported where the module is used. */
export async function pluginOptions(settings: Pick<Settings, 'config' | 'file'>): Promise<AnyOption[]> {
  const { modules: own } = await loadOwnModules();
  const others = modulesNamed(settings.config).filter(name => !own.has(name));
  const { modules } = await loadModules(others, folderOf(settings));
  return [...modules.values()].flatMap(module => module.options ?? []);
}

function modulesNamed(config: Config): string[] {
  const names = Object.entries(ownProfiles(config)).flatMap(([name, tree]) => {
    try {
      return parseProfile(name, tree).threads.flatMap(({ modules }) => modules);
    } catch {
      // Reported if the run uses this profile.
      return [];
    }
  });
  return [...new Set(names)].filter(name => name !== 'input' && name !== 'outputs');
}
