/** The argument of the keyword `modbus`. */
import type { Access, Category, Table } from './function-code.js';

/** Both ends are exclusive. */
export interface Range {
  readonly above: number;
  readonly below: number;
}

export interface Condition {
  readonly unit?: Range;
  readonly code?: number;
  readonly sub?: number;
  readonly category?: Category | 'public' | 'all';
  readonly negated?: boolean;
  readonly access?: Access;
  readonly table?: Table;
  readonly address?: Range;
  readonly value?: Range;
}

const CATEGORIES = ['assigned', 'unassigned', 'public', 'user', 'reserved', 'all'] as const;
const TABLES = ['discretes', 'coils', 'input', 'holding'] as const;
const MAX_CODE = 255;
/** Greater than any number; compiled rules are kept as JSON, which has no Infinity. */
const BEYOND = 2 ** 32;
const FORM = 'expected "unit N", "function …" or "access …"';

/** @throws Error saying what was expected */
export function parseCondition(argument: string | undefined): Condition {
  let condition: Condition = {};
  for (const part of (argument ?? '').split(',')) {
    const [word = '', ...rest] = part.trim().split(/\s+/);
    condition = { ...condition, ...partOf(word, rest.join(' '), condition) };
  }
  return condition;
}

function partOf(word: string, text: string, before: Condition): Condition {
  switch (word) {
    case 'unit':
      return { unit: range(text) };
    case 'function':
      return functionOf(text);
    case 'subfunction':
      if (before.code === undefined) throw new Error('subfunction needs a function before it');
      return { sub: whole(text) };
    case 'access':
      return accessOf(text);
    case 'address':
      if (!before.table) throw new Error('address needs a table before it');
      return { address: range(text) };
    case 'value':
      if (before.access !== 'write' || !before.address)
        throw new Error('value needs "access write", a table and an address before it');
      return { value: range(text) };
    default:
      throw new Error(`"${word}": ${FORM}`);
  }
}

function functionOf(text: string): Condition {
  if (/^\d+$/.test(text)) {
    if (Number(text) > MAX_CODE) throw new Error(`function ${text}: the maximum is ${MAX_CODE}`);
    return { code: whole(text) };
  }
  const match = /^(!?)\s*(\w+)$/.exec(text);
  const category = CATEGORIES.find(each => each === match?.[2]);
  if (!category)
    throw new Error(`function "${text}" is neither a number nor one of ${CATEGORIES.join(', ')}`);
  return { category, negated: match![1] === '!' };
}

function accessOf(text: string): Condition {
  const [access, table] = text.split(' ');
  if (access !== 'read' && access !== 'write') throw new Error(`access "${text}": expected read or write`);
  if (table === undefined) return { access };
  const known = TABLES.find(each => each === table);
  if (!known) throw new Error(`"${table}" is none of ${TABLES.join(', ')}`);
  if (access === 'write' && (known === 'discretes' || known === 'input'))
    throw new Error(`${known} cannot be written`);
  return { access, table: known };
}

/** `100`, `<100`, `>100`, `100<>200`. */
function range(text: string): Range {
  const match = /^(?:(\d+)\s*<>\s*(\d+)|([<>]?)\s*(\d+))$/.exec(text);
  if (!match) throw new Error(`"${text}": expected a number, <number, >number or number<>number`);
  if (match[1] !== undefined) {
    const [above, below] = [whole(match[1]), whole(match[2]!)];
    if (above >= below) throw new Error(`"${text}": the first number must be smaller`);
    return { above, below };
  }
  const number = whole(match[4]!);
  if (match[3] === '<') return { above: -1, below: number };
  return match[3] === '>' ? { above: number, below: BEYOND } : { above: number - 1, below: number + 1 };
}

function whole(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65535)
    throw new Error(`"${text}": expected a number from 0 to 65535`);
  return Number(text);
}
