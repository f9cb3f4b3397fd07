/** Merge keys of YAML (`<<: *defaults`): they are no part of YAML 1.2, and mean nothing in a configuration. */
import type { Config } from './config.js';
import type { Finding } from './declared.js';
import { isMapping } from './scalar.js';

const MERGE = '<<';

/** Where a configuration has merge keys: what they name would be silently left out. */
export function mergeKeys(config: Config): Finding[] {
  return below(config.tree, '');
}

function below(node: unknown, path: string): Finding[] {
  if (!isMapping(node) && !Array.isArray(node)) return [];
  return Object.entries(node).flatMap(([key, value]) => {
    const at = path === '' ? key : `${path}.${key}`;
    return key === MERGE ? [finding(at)] : below(value, at);
  });
}

function finding(path: string): Finding {
  return {
    path,
    kind: 'unaccepted',
    message: 'merge keys (<<) are not supported: write the keys here, or use a file (include: FILE)',
    mild: true,
  };
}
