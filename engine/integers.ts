/**
 * The integer syntax of many keywords: `5`, `=5`, `!5`, `<5`, `<=5`, `>5`, `>=5`, `2-5` and `2<>5` (between, both ends
 * excluded), `!2-5`, `&0x0f=0x01` and `&0x0f!=0` (masked). Numbers are decimal or hexadecimal, with kib, mib, gib as
 * units; names if the keyword has some.
 */
/** An invalid integer in a rule. */
export class IntegerError extends Error {
  constructor(
    message: string,
    /** A suggested replacement, if available. */
    readonly suggestion?: string,
  ) {
    super(message);
    this.name = 'IntegerError';
  }
}

/** A comparison, as plain data. Values beyond 2^53 are decimal texts. */
export interface IntegerTest {
  readonly mode: '=' | '!=' | '<' | '<=' | '>' | '>=' | 'range' | '!range' | '&=' | '&!=';
  readonly a: number | string;
  readonly b?: number | string;
}

/** A compiled test. */
export type IntegerCondition = (value: number) => boolean;

export interface IntegerSyntax {
  readonly bits: 8 | 16 | 32 | 64;
  readonly names?: Readonly<Record<string, number>>;
  /** Ranges include both ends. */
  readonly inclusive?: boolean;
}

const UNITS: Readonly<Record<string, bigint>> = {
  kib: 1024n,
  kb: 1024n,
  mib: 1024n ** 2n,
  mb: 1024n ** 2n,
  gib: 1024n ** 3n,
  gb: 1024n ** 3n,
};

const VALUE = String.raw`(0x[0-9a-f]+|\d+(?:[kmg]i?b)?|[a-z][a-z0-9_.-]*?)`;
const RANGE = new RegExp(String.raw`^(!?)\s*${VALUE}\s*(?:-|<>)\s*${VALUE}$`, 'i');
const MASK = new RegExp(String.raw`^&\s*${VALUE}\s*(!?=)\s*${VALUE}$`, 'i');
const COMPARISON = new RegExp(String.raw`^(!=|!|<=|>=|<|>|=)?\s*${VALUE}$`, 'i');

/** @throws IntegerError "invalid … value" */
export function parseInteger(text: string, keyword: string, syntax: IntegerSyntax): IntegerTest {
  const trimmed = text.trim();
  const named = syntax.names && lookUp(syntax.names, trimmed.replace(/^!=?\s*/, ''));
  if (named !== undefined) return { mode: trimmed.startsWith('!') ? '!=' : '=', a: named };
  const range = RANGE.exec(trimmed);
  if (range) return parseRange(range, keyword, syntax);
  const mask = MASK.exec(trimmed);
  if (mask) return parseMask(mask, keyword, syntax);
  const comparison = COMPARISON.exec(trimmed);
  if (!comparison) throw invalid(text, keyword);
  const sign = comparison[1] === '!' ? '!=' : (comparison[1] ?? '=');
  const a = value(comparison[2]!, keyword, syntax);
  if (sign !== '=' && sign !== '!=' && !/^\d/.test(comparison[2]!)) throw invalid(text, keyword);
  return possible({ mode: sign as IntegerTest['mode'], a }, text, keyword, syntax);
}

function parseMask(match: RegExpExecArray, keyword: string, syntax: IntegerSyntax): IntegerTest {
  const a = value(match[1]!, keyword, syntax);
  const b = value(match[3]!, keyword, syntax);
  const equal = match[2] === '=';
  if (equal && (BigInt(a) & BigInt(b)) !== BigInt(b)) {
    throw new IntegerError(
      `invalid ${keyword} value "${match[0]}": ${match[3]} has bits outside the mask ${match[1]}`,
    );
  }
  return { mode: equal ? '&=' : '&!=', a, b };
}

function parseRange(match: RegExpExecArray, keyword: string, syntax: IntegerSyntax): IntegerTest {
  let a = BigInt(value(match[2]!, keyword, syntax));
  let b = BigInt(value(match[3]!, keyword, syntax));
  if (syntax.inclusive ? a >= b : b - a <= 1n) {
    throw new IntegerError(`invalid ${keyword} range "${match[0]}": the range is empty`);
  }
  if (syntax.inclusive) {
    a -= 1n;
    b += 1n;
  }
  return { mode: match[1] === '!' ? '!range' : 'range', a: plain(a), b: plain(b) };
}

/** `<0` and `>maximum` can never match. */
function possible(test: IntegerTest, text: string, keyword: string, syntax: IntegerSyntax): IntegerTest {
  const maximum = (1n << BigInt(syntax.bits)) - 1n;
  const a = BigInt(test.a);
  if ((test.mode === '<' && a === 0n) || (test.mode === '>' && a === maximum)) {
    throw new IntegerError(`invalid ${keyword} value "${text.trim()}": no number satisfies it`);
  }
  return test;
}

function lookUp(names: Readonly<Record<string, number>>, name: string): number | undefined {
  if (Object.hasOwn(names, name)) return names[name];
  const lower = name.toLowerCase();
  for (const [each, number] of Object.entries(names)) if (each.toLowerCase() === lower) return number;
  return undefined;
}

function value(text: string, keyword: string, syntax: IntegerSyntax): number | string {
  const named = syntax.names && lookUp(syntax.names, text);
  if (named !== undefined) return named;
  const match = /^(0x[0-9a-f]+|\d+)([kmg]i?b)?$/i.exec(text);
  if (!match || match[1]!.length > 24) throw invalid(text, keyword);
  const number = BigInt(match[1]!) * (match[2] ? UNITS[match[2].toLowerCase()]! : 1n);
  if (number >= 1n << BigInt(syntax.bits)) {
    throw new IntegerError(
      `invalid ${keyword} value "${text}": the maximum is ${(1n << BigInt(syntax.bits)) - 1n}`,
    );
  }
  return plain(number);
}

function plain(number: bigint): number | string {
  return number <= BigInt(Number.MAX_SAFE_INTEGER) && number >= BigInt(Number.MIN_SAFE_INTEGER)
    ? Number(number)
    : String(number);
}

function invalid(text: string, keyword: string): IntegerError {
  return new IntegerError(
    `invalid ${keyword} value "${text.trim()}"`,
    'a number, <number, >number, number<>number or !number',
  );
}

/** Makes the comparison executable; its arguments are exact up to 2^53. */
export function compileInteger(test: IntegerTest): IntegerCondition {
  const a = Number(test.a);
  const b = Number(test.b);
  switch (test.mode) {
    case '=':
      return value => value === a;
    case '!=':
      return value => value !== a;
    case '<':
      return value => value < a;
    case '<=':
      return value => value <= a;
    case '>':
      return value => value > a;
    case '>=':
      return value => value >= a;
    case 'range':
      return value => value > a && value < b;
    case '!range':
      return value => value <= a || value >= b;
    default: {
      const equal = test.mode === '&=';
      const mask = BigInt(test.a);
      const wanted = BigInt(test.b ?? 0);
      if (mask < 2n ** 31n) return value => (((value % 2 ** 31) & Number(mask)) === Number(wanted)) === equal;
      return value => ((BigInt(value) & mask) === wanted) === equal;
    }
  }
}
