/** Unsigned 64-bit numbers for the byte_ keywords: exact, with BigInt only where a number would not be. */

/** A number up to 2^53 - 1, a bigint from there to 2^64 - 1: equal values compare equal with `===`. */
export type Whole = number | bigint;

const MAX_NUMBER = BigInt(Number.MAX_SAFE_INTEGER);

/** The low 64 bits of a value. */
export function whole(value: bigint): Whole {
  const low = BigInt.asUintN(64, value);
  return low <= MAX_NUMBER ? Number(low) : low;
}

/** @param high, low 32 bits each */
export function fromHalves(high: number, low: number): Whole {
  return high < 0x20_0000 ? high * 2 ** 32 + low : (BigInt(high) << 32n) | BigInt(low);
}

/** The value as a signed number: negative values are distances backwards. */
export function signed(value: Whole): number {
  return typeof value === 'number' ? value : Number(BigInt.asIntN(64, value));
}

/** Bitwise AND. */
export function and(a: Whole, b: Whole): Whole {
  return whole(BigInt(a) & BigInt(b));
}

/** The bits selected by a mask, shifted right by its trailing zeros. */
export function masked(value: Whole, mask: number): Whole {
  const zeros = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
  return whole((BigInt(value) & BigInt(mask)) >> BigInt(zeros));
}

/** A literal in a rule: a number, or digits if a number would not be exact. */
export function wholeLiteral(value: number | string): Whole {
  if (typeof value === 'number' && value >= 0) return value;
  return whole(BigInt(value));
}

export type Operator = '+' | '-' | '*' | '/' | '<<' | '>>';

/** Unsigned 64-bit arithmetic; undefined if there is no result. */
export function calculate(operator: Operator, left: Whole, right: Whole): Whole | undefined {
  if (operator === '/' && right === 0) return undefined;
  if (typeof left === 'number' && typeof right === 'number') {
    const result = calculateNumbers(operator, left, right);
    if (result >= 0 && result <= Number.MAX_SAFE_INTEGER) return result;
  }
  return whole(calculateLarge(operator, BigInt(left), BigInt(right)));
}

/** Exact if the result is not negative and is a safe integer. */
function calculateNumbers(operator: Operator, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return Math.floor(left / right);
    case '<<':
      return right < 64 ? left * 2 ** right : 0;
    case '>>':
      return right < 64 ? Math.floor(left / 2 ** right) : 0;
  }
}

function calculateLarge(operator: Operator, left: bigint, right: bigint): bigint {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '<<':
      return right < 64n ? left << right : 0n;
    case '>>':
      return right < 64n ? left >> right : 0n;
  }
}

/** Rounds up to a multiple. @param of 2 or 4; 0 leaves the value unchanged */
export function aligned(value: Whole, of: number): Whole {
  if (of === 0) return value;
  const over = typeof value === 'number' ? value % of : Number(value % BigInt(of));
  return over === 0 ? value : calculate('+', value, of - over)!;
}
