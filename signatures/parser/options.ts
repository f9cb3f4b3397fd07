/** The options of a rule: a sequence of `name:argument;`. */
import { RuleError } from '../rule-error.js';
import type { RuleSource } from './source.js';

/** Called for each option; offsets are those of the name, and of the argument (the name's if there is none). */
export type OptionVisitor = (
  name: string,
  argument: string | undefined,
  nameOffset: number,
  argumentOffset: number,
) => void;

const BACKSLASH = 0x5c;
const CLOSE = 0x29;

/**
 * Walks the options from `from` up to the closing parenthesis. A semicolon ends an option unless preceded by a
 * backslash.
 * @throws RuleError if the last option is not terminated
 */
export function walkOptions(source: RuleSource, from: number, visit: OptionVisitor): void {
  const { text } = source;
  const end = optionsEnd(text, from);
  for (let i = skipBlanks(text, from, end); i < end; i = skipBlanks(text, i, end)) {
    const semicolon = optionEnd(text, i, end);
    if (semicolon < 0)
      throw new RuleError('no terminating ";" found', source.position(trimBlanks(text, i, end)), 'add ";"');
    const colon = text.indexOf(':', i);
    if (colon < 0 || colon > semicolon) visit(text.slice(i, trimBlanks(text, i, semicolon)), undefined, i, i);
    else {
      const start = skipBlanks(text, colon + 1, semicolon);
      visit(
        text.slice(i, trimBlanks(text, i, colon)),
        text.slice(start, trimBlanks(text, start, semicolon)),
        i,
        start,
      );
    }
    i = semicolon + 1;
  }
}

/** End of the last option: trailing closing parentheses and blanks are not part of it. */
function optionsEnd(text: string, from: number): number {
  let end = text.length;
  while (end > from && (text.charCodeAt(end - 1) <= 0x20 || text.charCodeAt(end - 1) === CLOSE)) end--;
  return end;
}

function optionEnd(text: string, from: number, end: number): number {
  for (let i = from; i < end; i++) {
    i = text.indexOf(';', i);
    if (i < 0 || i >= end) return -1;
    if (text.charCodeAt(i - 1) !== BACKSLASH) return i;
  }
  return -1;
}

function skipBlanks(text: string, from: number, end: number): number {
  while (from < end && text.charCodeAt(from) <= 0x20) from++;
  return from;
}

function trimBlanks(text: string, from: number, end: number): number {
  while (end > from && text.charCodeAt(end - 1) <= 0x20) end--;
  return end;
}
