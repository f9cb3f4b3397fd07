/** Brotli (RFC 7932), as much of it as there is: damaged or cut input gives what came before. */
import { brotliDecompressSync, constants } from 'node:zlib';

const EMPTY = new Uint8Array(0);

/** What came out, and why nothing follows that: it is damaged there, or becomes larger than it may. */
export interface Brotli {
  readonly content: Uint8Array;
  readonly end?: 'damaged' | 'too large';
}

/**
 * Of what cannot be decompressed whole nothing tells how far it can be: the longest beginning of the input that can is
 * looked for.
 * @param most bytes of output
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
