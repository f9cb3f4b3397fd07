/** Quoted arguments. */
import { RuleError } from '../rule-error.js';
import type { Position } from '../signature.js';

/** The text between the quotes. @throws RuleError if they are missing */
export function unquote(argument: string, keyword: string, at: Position): string {
  if (
    argument.length >= 2 &&
    argument.charCodeAt(0) === 0x22 &&
    argument.charCodeAt(argument.length - 1) === 0x22
  ) {
    return argument.slice(1, -1);
  }
  if (argument.startsWith('"')) {
    throw new RuleError(
      `bad option value formatting (possible missing semicolon) for keyword ${keyword}: '${argument}'`,
      at,
      closing(argument, keyword),
    );
  }
  throw new RuleError(
    `invalid formatting to ${keyword} keyword: value must be double quoted '${argument}'`,
    at,
    `${keyword}:"${argument}";`,
  );
}

/** What is probably missing: the `;` after the closing quote, or the `\` before a `;` in the text. */
function closing(argument: string, keyword: string): string {
  const end = argument.indexOf('"', 1);
  if (end > 0) return `${keyword}:${argument.slice(0, end + 1)};`;
  return 'close the quotes; write a ; inside them as \\;';
}

/** The argument without quotes, if it has any. */
export function unquoteOptional(argument: string, keyword: string, at: Position): string {
  return argument.startsWith('"') ? unquote(argument, keyword, at) : argument;
}

/** Splits off a leading `!`. */
export function negation(argument: string): { negated: boolean; rest: string } {
  if (argument.charCodeAt(0) !== 0x21) return { negated: false, rest: argument };
  return { negated: true, rest: argument.slice(1).trimStart() };
}

/** The position some characters further on in a single-line argument. */
export function shifted(at: Position, characters: number): Position {
  return { file: at.file, line: at.line, column: at.column + characters };
}
