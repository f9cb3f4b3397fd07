/** Brotli (RFC 7932), best effort: damaged or truncated input yields what was decoded before the error. */
import { brotliDecompressSync, constants } from 'node:zlib';
import { decompressPrefix } from '../../../engine/application/decompressible-prefix.js';

/** The output, and why it ends: the input is damaged there, or the output would exceed the limit. */
export interface Brotli {
  readonly content: Uint8Array;
  readonly end?: 'damaged' | 'too large';
}

/** @param most maximum bytes of output */
export function decodeBrotli(input: Uint8Array, most: number): Brotli {
  const options = { finishFlush: constants.BROTLI_OPERATION_FLUSH, maxOutputLength: most };
  const decompress = (bytes: Uint8Array): Uint8Array => brotliDecompressSync(bytes, options);
  try {
    return { content: decompress(input) };
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    return { content: decompressPrefix(input, decompress), end: isTooLarge ? 'too large' : 'damaged' };
  }
}
