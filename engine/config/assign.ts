/** Single settings given outside of files: `--set path=value` and the environment. */
import { ConfigError } from './config-error.js';
import { isMapping, keyName, type Mapping, plainValue } from './scalar.js';

/** Maximum number of list items that can be set by index. */
const MAX_LIST_LENGTH = 10_000;

export interface Assignment {
  /** Keys, from the root; list items by index, or by name if they are mappings with one key. */
  readonly path: readonly string[];
  readonly value: unknown;
}

/**
 * Reads `path=value`; spaces around both do not matter.
 * @param origin for messages: `--set`
 * @throws ConfigError if there is no `=`, or no path
 */
export function readAssignment(text: string, origin: string): Assignment {
  const at = text.indexOf('=');
  const path = at < 0 ? '' : text.slice(0, at).trim();
  if (path === '')
    throw new ConfigError({ file: origin }, `"${text}": expected path=value, such as stream.inline=yes`);
  return { path: keysOf(path), value: plainValue(text.slice(at + 1).trim()) };
}

/** `a.b_c` → `['a', 'b-c']` */
export function keysOf(path: string): string[] {
  const keys: string[] = [];
  for (const key of path.split('.')) keys.push(keyName(key, keys.at(-1)));
  if (keys.includes('__proto__') || keys.includes('')) throw new ConfigError({ file: path }, 'invalid path');
  return keys;
}

/** Sets the value in the tree, replacing whatever blocks its path. */
export function assign(tree: Mapping, { path, value }: Assignment): void {
  let node: Mapping | unknown[] = tree;
  for (let i = 0; i < path.length - 1; i++) node = child(node, path[i]!, path[i + 1]!);
  put(node, path.at(-1)!, value);
}

function child(node: Mapping | unknown[], key: string, next: string): Mapping | unknown[] {
  const there = Array.isArray(node) ? itemFor(node, key) : node[key];
  if (isMapping(there) || Array.isArray(there)) return there;
  // Lists of mappings with one key have that key twice: `outputs.0` is `fast` and `outputs.0.fast` its settings.
  const made: Mapping | unknown[] =
    next === '0' ? [] : typeof there === 'string' && there === next ? { [there]: null } : {};
  put(node, key, made);
  return made;
}

function itemFor(list: unknown[], key: string): unknown {
  return isIndex(key) ? list[Number(key)] : named(list, key)?.[key];
}

function named(list: unknown[], key: string): Mapping | undefined {
  return list.find((item): item is Mapping => isMapping(item) && Object.hasOwn(item, key));
}

function put(node: Mapping | unknown[], key: string, value: unknown): void {
  if (!Array.isArray(node)) node[key] = value;
  else if (isIndex(key)) putItem(node, Number(key), value);
  else putNamed(node, key, value);
}

function putItem(list: unknown[], index: number, value: unknown): void {
  if (index > MAX_LIST_LENGTH)
    throw new ConfigError({ file: String(index) }, `a list has at most ${MAX_LIST_LENGTH} items`);
  while (list.length < index) list.push(null);
  list[index] = value;
}

function putNamed(list: unknown[], key: string, value: unknown): void {
  const item = named(list, key);
  const plain = list.indexOf(key);
  if (item) item[key] = value;
  else if (plain >= 0) list[plain] = { [key]: value };
  else list.push({ [key]: value });
}

function isIndex(key: string): boolean {
  return /^\d+$/.test(key);
}
