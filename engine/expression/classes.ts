/** Sets of bytes, as written inside the brackets of a JavaScript character class. */

/** Escapes for a set; the upper-case letter is the complement. */
const sets: Record<string, string> = {
  d: '0-9',
  w: '0-9A-Z_a-z',
  s: '\\t-\\r\\x20',
  h: '\\t\\x20\\xa0',
  v: '\\n-\\r\\x85',
};

const complements: Record<string, string> = {
  D: '\\0-\\x2f\\x3a-\\xff',
  W: '\\0-\\x2f\\x3a-\\x40\\x5b-\\x5e\\x60\\x7b-\\xff',
  S: '\\0-\\x08\\x0e-\\x1f\\x21-\\xff',
  H: '\\0-\\x08\\n-\\x1f\\x21-\\x9f\\xa1-\\xff',
  V: '\\0-\\t\\x0e-\\x84\\x86-\\xff',
  N: '\\0-\\t\\x0b-\\xff',
};

/** The set of `\d`, `\S` and similar; undefined for other letters. */
export function escapeSet(letter: string): string | undefined {
  return complements[letter] ?? sets[letter];
}

const posix: Record<string, string> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: '0-9A-Za-z',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\t-\\r\\x20',
  blank: '\\t\\x20',
  cntrl: '\\0-\\x1f\\x7f',
  graph: '\\x21-\\x7e',
  print: '\\x20-\\x7e',
  punct: '\\x21-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7e',
  word: '0-9A-Z_a-z',
  xdigit: '0-9A-Fa-f',
  ascii: '\\0-\\x7f',
};

/** The set of `[:name:]`; undefined for other names. */
export const posixSet = (name: string): string | undefined =>
  Object.hasOwn(posix, name) ? posix[name] : undefined;

/** One byte, escaped so that it is literal inside and outside of brackets. */
export function literal(code: number): string {
  const isPlain =
    (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
  return isPlain ? String.fromCharCode(code) : `\\x${code.toString(16).padStart(2, '0')}`;
}
