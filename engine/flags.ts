/** Bit flags in rules, by name: `fin,!comp`, or as a number with all integer comparisons: `128`, `&0x40=0x40`. */
import { type IntegerTest, parseInteger } from './integers.js';

/**
 * @param names of the bits
 * @throws Error naming what was expected
 */
export function parseFlags(
  argument: string | undefined,
  keyword: string,
  names: Readonly<Record<string, number>>,
): IntegerTest {
  const text = (argument ?? '').trim();
  return /^[!<>=&\s]*\d/.test(text) ? parseInteger(text, keyword, { bits: 8 }) : namedFlags(text, names);
}

function namedFlags(text: string, names: Readonly<Record<string, number>>): IntegerTest {
  let mask = 0;
  let set = 0;
  for (const word of text.split(',')) {
    const name = word.trim().replace(/^!\s*/, '');
    if (!Object.hasOwn(names, name))
      throw new Error(`"${name}" is not a flag; expected ${Object.keys(names).join(', ')} or a number`);
    const bit = names[name]!;
    mask |= bit;
    if (!word.trim().startsWith('!')) set |= bit;
  }
  return { mode: '&=', a: mask, b: set };
}
