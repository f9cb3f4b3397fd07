/**
 * The Huffman code of header fields (RFC 7541 5.2, appendix B). The code is canonical: the lengths of the codes define
 * it completely.
 */

/**
 * Lengths of the codes, symbol by symbol from 0: pairs of a length and the number of consecutive symbols that have it.
 */
const LENGTHS =
  '13 1 23 1 28 7 24 1 30 1 28 2 30 1 28 8 30 1 28 9 ' +
  '6 1 10 2 12 1 13 1 6 1 8 1 11 1 10 2 8 1 11 1 8 1 6 3 5 3 6 7 7 1 8 1 15 1 6 1 12 1 10 1 ' +
  '13 1 6 1 7 22 8 1 7 1 8 1 13 1 19 1 13 1 14 1 6 1 ' +
  '15 1 5 1 6 1 5 1 6 1 5 1 6 3 5 1 7 2 6 3 5 1 6 1 7 1 6 1 5 2 6 1 7 5 15 1 11 1 14 1 13 1 28 1 ' +
  '20 1 22 1 20 2 22 3 23 1 22 1 23 5 24 1 23 1 24 2 22 1 23 1 24 1 23 4 21 1 22 1 23 1 22 1 23 2 24 1 ' +
  '22 1 21 1 20 1 22 2 23 2 21 1 23 1 22 2 24 1 21 1 22 1 23 2 21 2 22 1 21 1 23 1 22 1 23 2 20 1 22 3 23 1 ' +
  '22 2 23 1 26 2 20 1 19 1 22 1 23 1 22 1 25 1 26 3 27 2 26 1 24 1 25 1 19 1 21 1 26 1 27 2 26 1 27 1 24 1 ' +
  '21 2 26 2 28 1 27 3 20 1 24 1 20 1 21 1 22 1 21 2 23 1 22 2 25 2 24 2 26 1 23 1 26 1 27 1 26 2 27 5 28 1 ' +
  '27 5 26 1 30 1';

const MAX_CODE_LENGTH = 30;
const END_OF_STRING = 256;

/** For each length: its first code, the index of its first symbol in `symbols`, and the number of its codes. */
const firstCode = new Uint32Array(MAX_CODE_LENGTH + 2);
const firstSymbol = new Uint16Array(MAX_CODE_LENGTH + 2);
const counts = new Uint16Array(MAX_CODE_LENGTH + 2);
const symbols = new Uint16Array(END_OF_STRING + 1);

function prepare(): void {
  const pairs = LENGTHS.split(' ').map(Number);
  const lengths: number[] = [];
  for (let i = 0; i < pairs.length; i += 2) for (let n = 0; n < pairs[i + 1]!; n++) lengths.push(pairs[i]!);
  for (const length of lengths) counts[length]!++;
  let code = 0;
  let place = 0;
  for (let length = 1; length <= MAX_CODE_LENGTH; length++) {
    firstCode[length] = code;
    firstSymbol[length] = place;
    lengths.forEach((each, symbol) => {
      if (each === length) symbols[place++] = symbol;
    });
    code = (code + counts[length]!) * 2;
  }
}
prepare();

/** @returns the text, or undefined if a code is invalid or the padding is not a prefix of the EOS code */
export function decodeHuffman(bytes: Uint8Array): Uint8Array | undefined {
  // The shortest code has five bits.
  const out = new Uint8Array(Math.ceil((bytes.length * 8) / 5));
  let written = 0;
  let code = 0;
  let length = 0;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      code = code * 2 + ((byte >> bit) & 1);
      length++;
      const place = code - firstCode[length]!;
      if (place >= 0 && place < counts[length]!) {
        const symbol = symbols[firstSymbol[length]! + place]!;
        if (symbol === END_OF_STRING) return undefined;
        out[written++] = symbol;
        code = 0;
        length = 0;
      } else if (length >= MAX_CODE_LENGTH) {
        return undefined;
      }
    }
  }
  const padded = length <= 7 && code === 2 ** length - 1;
  return padded ? out.slice(0, written) : undefined;
}
