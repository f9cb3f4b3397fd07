/** Indentation errors in the list of outputs: the resulting keys have no effect. */
import type { Config } from './config.js';
import type { Finding } from './declared.js';
import { outputs } from './output-list.js';
import { isMapping } from './scalar.js';

/** Items with several names, in the list and in the `types` of an output; only the first name of each counts. */
export function checkOutputList(config: Config): Finding[] {
  const list = config.at(outputs.path);
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list))
    return [
      {
        path: outputs.path,
        kind: 'unaccepted',
        message: 'expected a list: each output starts with a dash',
      },
    ];
  return list.flatMap((item, i) => {
    const path = `${outputs.path}.${i}`;
    const [name, settings] = Object.entries(isMapping(item) ? item : {})[0] ?? [];
    const types = isMapping(settings) && Array.isArray(settings.types) ? settings.types : [];
    return [
      ...siblingFindings(item, path, 'an output', false),
      ...types.flatMap((type, t) => siblingFindings(type, `${path}.${name}.types.${t}`, 'a type', true)),
    ];
  });
}

function siblingFindings(item: unknown, path: string, what: string, isWarning: boolean): Finding[] {
  if (!isMapping(item)) return [];
  const [name, ...others] = Object.keys(item);
  return others.map(other => ({
    path: `${path}.${other}`,
    kind: 'unaccepted',
    message: `has no effect next to ${name} in one item: indent settings of ${name} below it, or start ${what} of its own with a dash`,
    isWarning,
  }));
}
