/** Looks up and compares values of EVE records: dotted paths with `[n]`, and operators at the end of a path. */

type Operator = (value: unknown, expected: unknown) => boolean;

const OPERATORS: Record<string, Operator> = {
  __len: (value, expected) => lengthOf(value) === expected,
  __contains: contains,
  __find: (value, expected) => typeof value === 'string' && value.includes(String(expected)),
  __startswith: (value, expected) => typeof value === 'string' && value.startsWith(String(expected)),
  __endswith: (value, expected) => typeof value === 'string' && value.endsWith(String(expected)),
  __gt: (value, expected) => typeof value === 'number' && value > Number(expected),
  __gte: (value, expected) => typeof value === 'number' && value >= Number(expected),
  __lt: (value, expected) => typeof value === 'number' && value < Number(expected),
  __lte: (value, expected) => typeof value === 'number' && value <= Number(expected),
};

/** Only the last name of a path may contain dots: `decoder.event.ipv4.x` in flat statistics. */
export function findValue(path: string, record: unknown): unknown {
  let node = record;
  for (const part of path.split('.')) {
    const [, name, indexes] = /^(.*?)((?:\[\d+\])*)$/.exec(part)!;
    if (name !== '') node = member(node, name!);
    for (const index of indexes!.match(/\d+/g) ?? [])
      node = Array.isArray(node) ? node[Number(index)] : undefined;
    if (node === undefined) return undefined;
  }
  return node;
}

function member(node: unknown, name: string): unknown {
  if (node === null || typeof node !== 'object' || Array.isArray(node)) return undefined;
  return Object.hasOwn(node, name) ? (node as Record<string, unknown>)[name] : undefined;
}

/** Whether the record has `expected` at `path`, which may end in an operator such as `.__len`. */
export function matches(record: unknown, path: string, expected: unknown): boolean {
  const dot = path.lastIndexOf('.');
  const operator = OPERATORS[path.slice(dot + 1)];
  if (operator) return operator(findValue(path.slice(0, dot), record), expected);
  return equal(findValue(path, record), expected);
}

/** Deep equality; a missing value equals an expected null. */
export function equal(value: unknown, expected: unknown): boolean {
  if (value === expected) return true;
  if (value == null || expected == null) return value == null && expected == null;
  if (typeof expected === 'bigint') return Number(expected) === value;
  if (typeof value !== 'object' || typeof expected !== 'object') return false;
  if (Array.isArray(value) !== Array.isArray(expected)) return false;
  const keys = Object.keys(expected);
  if (keys.length !== Object.keys(value).length) return false;
  return keys.every(key =>
    equal((value as Record<string, unknown>)[key], (expected as Record<string, unknown>)[key]),
  );
}

function lengthOf(value: unknown): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return value !== null && typeof value === 'object' ? Object.keys(value).length : -1;
}

function contains(value: unknown, expected: unknown): boolean {
  if (Array.isArray(value)) return value.some(item => equal(item, expected));
  if (typeof value === 'string') return value.includes(String(expected));
  return member(value, String(expected)) !== undefined;
}
