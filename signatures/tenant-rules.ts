/** Rules of tenants: each tenant has its own settings, and its rules apply only to its packets. */
import { isAbsolute, join } from 'node:path';
import { Config, type ConfigTree } from '../engine/config/config.js';
import { loadConfig } from '../engine/config/load.js';
import { TENANT_KEYS, tenantSettings } from '../engine/tenants.js';

export interface TenantRules {
  readonly id: number;
  /** File with its settings. */
  readonly file: string;
  readonly config: Config;
}

/**
 * The tenants with their settings: from their file, and from the main configuration by tenant id.
 * @param problem called for files that cannot be read
 */
export function tenantRules(
  config: Config,
  problem: (message: string, file: string) => void,
): TenantRules[] | undefined {
  const settings = tenantSettings(config);
  if (!settings) return undefined;
  for (const message of settings.problems) problem(message, '');
  return settings.tenants.flatMap(({ id, yaml }) => {
    const file = tenantFile(settings.folder, yaml);
    try {
      const own = loadConfig({ file }).config.tree;
      if (own['threshold-file'] !== undefined)
        problem(
          `threshold-file of tenant ${id} is ignored: thresholds come only from the main configuration`,
          file,
        );
      return [{ id, file, config: merged(config, own, id) }];
    } catch (error) {
      problem(`failed to load the file of tenant ${id}: ${(error as Error).message}`, file);
      return [];
    }
  });
}

/** Whether the rules of the main configuration are used. */
export function usesMainRules(config: Config): boolean {
  return tenantSettings(config)?.byDefault ?? true;
}

/** Path of a tenant's file. @param folder `multi-detect.config-path` */
export function tenantFile(folder: string, yaml: string): string {
  return isAbsolute(yaml) || folder === '' ? yaml : join(folder, yaml);
}

/** Without a path of its own, a tenant's rules are relative to the working directory. */
function merged(main: Config, own: ConfigTree, id: number): Config {
  const tree: Record<string, unknown> = { ...main.tree, 'default-rule-path': '.', 'rule-files': [] };
  for (const source of [own, (main.at(`multi-detect.${id}`) ?? {}) as ConfigTree])
    for (const key of TENANT_KEYS) if (source[key] !== undefined) tree[key] = source[key];
  return new Config(tree as ConfigTree);
}
