/** Merge keys of YAML (`<<: *defaults`): they are not part of YAML 1.2, and have no effect in a configuration. */
import type { Config } from './config.js';
import type { Finding } from './declared.js';
import { isMapping } from './scalar.js';

const MERGE = '<<';

/** Reports merge keys in a configuration: what they refer to would be silently omitted. */
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
    isWarning: true,
  };
}
