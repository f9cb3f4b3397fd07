/** All keys of a documented configuration, including those commented out. */
import { isMapping, type Mapping } from './scalar.js';
import { readYamlText } from './yaml-file.js';

/** A `#` directly before a key or list item marks an option that is documented but not set. */
const COMMENTED_OUT = /^(\s*)#(?=(?:[\w$][\w.$-]*:(?:\s|$)|- \S))/gm;

/** The tree of everything documented. @throws ConfigError if it is not valid YAML after uncommenting */
export function documentedTree(text: string): Mapping {
  return readYamlText(text.replace(COMMENTED_OUT, '$1'), 'documented').tree;
}

/** Whether the tree has a key at the option's path; `*` is any key, and names of list items count as keys. */
export function isDocumented(tree: unknown, optionPath: string): boolean {
  return has(tree, optionPath.split('.'));
}

function has(node: unknown, keys: readonly string[]): boolean {
  const [key, ...rest] = keys;
  if (key === undefined) return true;
  if (Array.isArray(node))
    return key === '*' ? node.some(item => has(item, rest)) : node.some(item => has(item, keys));
  if (!isMapping(node)) return false;
  if (key === '*') return Object.values(node).some(value => has(value, rest));
  return Object.hasOwn(node, key) && has(node[key], rest);
}
