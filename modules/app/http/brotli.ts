/** Brotli (RFC 7932), best effort: damaged or truncated input yields what was decoded before the error. */
import { brotliDecompressSync, constants } from 'node:zlib';
import { EMPTY } from './bytes.js';

/** The output, and why it ends: the input is damaged there, or the output would exceed the limit. */
export interface Brotli {
  readonly content: Uint8Array;
  readonly end?: 'damaged' | 'too large';
}

/**
 * If the whole input cannot be decompressed, nothing indicates how much of it can: the longest prefix that decompresses
 * is searched for.
 * @param most maximum bytes of output
 */
export function decodeBrotli(input: Uint8Array, most: number): Brotli {
  const all = decompressed(input, most);
  if (typeof all !== 'string') return { content: all };
  let content: Uint8Array = EMPTY;
  for (let good = 0, bad = input.length; bad - good > 1; ) {
    const middle = (good + bad) >>> 1;
    const some = decompressed(input.subarray(0, middle), most);
    if (typeof some === 'string') bad = middle;
    else {
      good = middle;
      content = some;
    }
  }
  return { content, end: all };
}

function decompressed(input: Uint8Array, most: number): Uint8Array | 'damaged' | 'too large' {
  try {
    const finishFlush = constants.BROTLI_OPERATION_FLUSH;
    return brotliDecompressSync(input, { finishFlush, maxOutputLength: most });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too large' : 'damaged';
  }
}
