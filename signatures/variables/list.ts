/** The list syntax shared by addresses and ports: `[a, !b, [c, d], $NAME]`, parsed into included and excluded parts. */
import { RuleError } from '../rule-error.js';
import type { Position } from '../signature.js';

/** Receives the contents of a list; each leaf is passed to `item` with the surrounding negations applied. */
export interface ListReader {
  /** Value of a variable of this kind; undefined if there is none. */
  variable(name: string): string | undefined;
  /** Called for each leaf, in order. */
  item(text: string, negated: boolean): void;
  /** Kind of the list: selects the group of its variables, and is named in errors. */
  readonly kind: 'address' | 'port';
}

/** Maximum nesting of lists and variables; deeper ones are refused (they may refer to themselves). */
const MAXIMUM_DEPTH = 64;

/** Parses `text`. @throws RuleError at `at` */
export function readList(text: string, reader: ListReader, at: Position): void {
  walk(text, false, 0, reader, at);
}

function walk(text: string, negated: boolean, depth: number, reader: ListReader, at: Position): void {
  if (depth > MAXIMUM_DEPTH) throw new RuleError(`${reader.kind} list is nested too deeply`, at);
  let part = text.trim();
  while (part.startsWith('!')) {
    negated = !negated;
    part = part.slice(1).trimStart();
    if (part.startsWith('!')) throw new RuleError(`double negation in ${reader.kind} "${text}"`, at);
  }
  if (part === '') throw new RuleError(`empty ${reader.kind} in list`, at);
  if (part.startsWith('[')) {
    for (const inner of split(part, reader, at)) walk(inner, negated, depth + 1, reader, at);
  } else if (part.startsWith('$')) {
    walk(resolve(part.slice(1), reader, at), negated, depth + 1, reader, at);
  } else if (part.includes(',')) {
    for (const inner of split(`[${part}]`, reader, at)) walk(inner, negated, depth + 1, reader, at);
  } else reader.item(part, negated);
}

function resolve(name: string, reader: ListReader, at: Position): string {
  const value = reader.variable(name);
  if (value === undefined) {
    const group = reader.kind === 'address' ? 'address-groups' : 'port-groups';
    throw new RuleError(
      `undefined variable "$${name}"`,
      at,
      `define ${name} under vars: ${group}: of the configuration`,
    );
  }
  if (value.trim() === '') throw new RuleError(`variable "$${name}" is empty`, at);
  return value;
}

/** Parts of `[a, [b, c], d]`: split at the commas of the outermost level. */
function split(text: string, reader: ListReader, at: Position): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 1;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x5b) depth++;
    else if (c === 0x5d) {
      if (--depth === 0) {
        if (text.slice(i + 1).trim() !== '')
          throw new RuleError(`unexpected text after the ${reader.kind} list "${text}"`, at);
        parts.push(text.slice(start, i));
        return parts;
      }
    } else if (c === 0x2c && depth === 1) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  throw new RuleError(`${reader.kind} list "${text}" is not closed: "]" expected`, at);
}
