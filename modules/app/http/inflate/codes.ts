/** Codes of literals and distances: the fixed ones (RFC 1951 3.2.6), and those defined in a block (3.2.7). */
import { Huffman } from '../huffman.js';
import { type BitInput, SHORT } from './bit-input.js';

export interface Codes {
  readonly literals: Huffman;
  readonly distances: Huffman;
}

export const FIXED: Codes = {
  literals: new Huffman(
    Uint8Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)),
    0,
    288,
  ),
  distances: new Huffman(new Uint8Array(30).fill(5), 0, 30),
};

const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const END_OF_BLOCK = 256;

/** `short` waits for input. */
type Failure = 'short' | 'damaged';

/** The codes at the start of a block. */
export function readCodes(input: BitInput): Codes | Failure {
  const head = input.take(14);
  if (head < 0) return 'short';
  const literalCount = (head & 31) + 257;
  const distanceCount = ((head >> 5) & 31) + 1;
  if (literalCount > 286 || distanceCount > 30) return 'damaged';
  const codes = readCodeOfLengths(input, (head >> 10) + 4);
  if (typeof codes === 'string') return codes;
  const lengths = new Uint8Array(literalCount + distanceCount);
  return readLengths(input, codes, lengths) ?? codesOf(lengths, literalCount);
}

/** The code in which code lengths are written. */
function readCodeOfLengths(input: BitInput, count: number): Huffman | Failure {
  const lengths = new Uint8Array(19);
  for (let i = 0; i < count; i++) {
    const length = input.take(3);
    if (length < 0) return 'short';
    lengths[CODE_ORDER[i]!] = length;
  }
  const codes = new Huffman(lengths, 0, 19);
  return codes.complete ? codes : 'damaged';
}

function readLengths(input: BitInput, codes: Huffman, lengths: Uint8Array): Failure | undefined {
  for (let i = 0; i < lengths.length; ) {
    const symbol = input.symbol(codes);
    if (symbol < 0) return symbol === SHORT ? 'short' : 'damaged';
    if (symbol < 16) {
      lengths[i++] = symbol;
      continue;
    }
    if (symbol === 16 && i === 0) return 'damaged';
    const more = input.take(symbol === 16 ? 2 : symbol === 17 ? 3 : 7);
    if (more < 0) return 'short';
    const times = more + (symbol === 18 ? 11 : 3);
    if (i + times > lengths.length) return 'damaged';
    lengths.fill(symbol === 16 ? lengths[i - 1]! : 0, i, i + times);
    i += times;
  }
  return undefined;
}

function codesOf(lengths: Uint8Array, literalCount: number): Codes | Failure {
  const literals = new Huffman(lengths, 0, literalCount);
  const distances = new Huffman(lengths, literalCount, lengths.length);
  const usable = lengths[END_OF_BLOCK] !== 0 && literals.usable && distances.usable;
  return usable ? { literals, distances } : 'damaged';
}
