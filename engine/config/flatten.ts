/** A configuration as lines of `key = value`. */
import { isMapping } from './scalar.js';

/**
 * All keys in order, with their values as text. A list item that is a mapping has the name of its first key as value; a
 * key without a value has `(null)`.
 */
export function flatten(tree: unknown, prefix = ''): [path: string, value: string][] {
  const lines: [string, string][] = [];
  for (const [key, value] of entriesOf(tree)) {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    lines.push([path, textOf(value, Array.isArray(tree))], ...flatten(value, path));
  }
  return lines;
}

function entriesOf(node: unknown): [string, unknown][] {
  if (Array.isArray(node)) return node.map((item, index) => [String(index), item]);
  return isMapping(node) ? Object.entries(node) : [];
}

function textOf(value: unknown, listed: boolean): string {
  if (listed && isMapping(value)) return Object.keys(value)[0] ?? '(null)';
  return value === null || typeof value === 'object' ? '(null)' : String(value);
}
