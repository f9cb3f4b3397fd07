/** Quoted arguments. */
import { RuleError } from '../rule-error.js';
import type { Position } from '../signature.js';

/** What stands between the quotes. @throws RuleError when they are missing */
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

/** What is likely missing: the `;` behind the closing quote, or the `\` before a `;` that belongs to the text. */
function closing(argument: string, keyword: string): string {
  const end = argument.indexOf('"', 1);
  if (end > 0) return `${keyword}:${argument.slice(0, end + 1)};`;
  return 'close the quotes; write a ; inside them as \\;';
}

/** The argument without the quotes it may have. */
export function unquoteOptional(argument: string, keyword: string, at: Position): string {
  return argument.startsWith('"') ? unquote(argument, keyword, at) : argument;
}

/** Splits off a leading `!`. */
export function negation(argument: string): { negated: boolean; rest: string } {
  if (argument.charCodeAt(0) !== 0x21) return { negated: false, rest: argument };
  return { negated: true, rest: argument.slice(1).trimStart() };
}

/** Position some characters further on in an argument of one line. */
export function shifted(at: Position, characters: number): Position {
  return { file: at.file, line: at.line, column: at.column + characters };
}
