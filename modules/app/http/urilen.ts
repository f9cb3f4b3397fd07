/** `urilen:5`, `urilen:<20`, `urilen:5<>20,raw`: how long the URI is. */
import type { TestDeclaration, Transaction } from '../../../engine/protocol.js';

interface LengthTest {
  readonly minimum: number;
  readonly maximum: number;
  readonly negated: boolean;
  readonly raw: boolean;
}

/**
 * The keyword `urilen` of a version of HTTP.
 * @param progress of the request from which its URI is known
 * @param lengthOf bytes of the URI, as it came or normalised
 */
export function urilen<T extends Transaction>(
  progress: number,
  lengthOf: (transaction: T, raw: boolean) => number | undefined,
): TestDeclaration<T> {
  return {
    keyword: 'urilen',
    direction: 'to_server',
    progress,
    summary: 'Length of the URI.',
    parse: parseLength,
    matches(transaction, _, parsed) {
      const { minimum, maximum, negated, raw } = parsed as LengthTest;
      const length = lengthOf(transaction, raw);
      return length !== undefined && (length >= minimum && length <= maximum) !== negated;
    },
  };
}

function parseLength(argument: string | undefined): LengthTest {
  const match =
    /^\s*"?\s*(?:(\d{1,5})\s*(<>|-)\s*(\d{1,5})|(<=|>=|<|>|!|=|)\s*(\d{1,5}))\s*(?:,\s*(raw|norm))?\s*"?\s*$/i.exec(
      argument ?? '',
    );
  if (!match)
    throw new Error(`"${argument ?? ''}" is no length; expected 10, <10, >10 or 10<>20, with ,raw or ,norm`);
  const raw = match[6]?.toLowerCase() === 'raw';
  return { ...rangeOf(match), raw };
}

function rangeOf(match: RegExpExecArray): Omit<LengthTest, 'raw'> {
  if (match[1] !== undefined) {
    const inside = match[2] === '<>' ? 1 : 0;
    const minimum = Number(match[1]) + inside;
    const maximum = Number(match[3]) - inside;
    if (minimum > maximum) throw new Error(`no length lies between ${match[1]} and ${match[3]}`);
    return { minimum, maximum, negated: false };
  }
  const value = Number(match[5]);
  switch (match[4]) {
    case '<':
      return { minimum: 0, maximum: value - 1, negated: false };
    case '<=':
      return { minimum: 0, maximum: value, negated: false };
    case '>':
      return { minimum: value + 1, maximum: Number.MAX_SAFE_INTEGER, negated: false };
    case '>=':
      return { minimum: value, maximum: Number.MAX_SAFE_INTEGER, negated: false };
    default:
      return { minimum: value, maximum: value, negated: match[4] === '!' };
  }
}
