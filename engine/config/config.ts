/**
 * The configuration, as read by modules: a tree of plain values, looked up by option.
 *
 * Files, includes and `--set` were merged and all options checked before (see `load.ts`), so reading never fails: an
 * invalid value was reported and has its default.
 */
import type { Option } from './option.js';

/** A plain YAML tree: the content of a Config, as sent to other threads. */
export type ConfigTree = { readonly [key: string]: unknown };

/** A configuration, or a part of one. */
export class Config {
  constructor(readonly tree: ConfigTree) {}

  /** The value of an option, or its default. */
  read<T>(option: Option<T>): T {
    const value = this.at(option.path);
    if (value === undefined || value === null) return option.fallback;
    return option.type.parse(value) ?? option.fallback;
  }

  /** Reads options whose paths begin with `prefix`, where this is the tree at that path: an entry of a list. */
  readerBelow(prefix: string): <T>(option: Option<T>) => T {
    return option => this.read({ ...option, path: option.path.slice(prefix.length) });
  }

  /** The value at a dotted path, undefined if there is none. List items are accessed by index or name. */
  at(path: string): unknown {
    return valueAt(this.tree, path.split('.'), 0);
  }
}

/** A key may itself contain dots: `stream.inline: yes` equals `stream: {inline: yes}`. */
function valueAt(node: unknown, keys: readonly string[], from: number): unknown {
  if (from === keys.length) return node;
  if (node === null || typeof node !== 'object') return undefined;
  const next = child(node, keys[from]!);
  const found = next === undefined ? undefined : valueAt(next, keys, from + 1);
  return found === undefined && from < keys.length - 1 ? child(node, keys.slice(from).join('.')) : found;
}

function child(node: object, key: string): unknown {
  if (Array.isArray(node)) return item(node, key);
  return Object.hasOwn(node, key) ? (node as Record<string, unknown>)[key] : undefined;
}

/** Suricata's lists contain mappings with one key (`- fast: {…}`): such an item is also accessible by that key. */
function item(list: readonly unknown[], key: string): unknown {
  if (/^\d+$/.test(key)) return list[Number(key)];
  const named = list.find(entry => entry !== null && typeof entry === 'object' && Object.hasOwn(entry, key));
  if (named) return (named as Record<string, unknown>)[key];
  return list.includes(key) ? true : undefined;
}
