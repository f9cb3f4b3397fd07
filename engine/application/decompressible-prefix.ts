/** Decompression of damaged input by decoders that return nothing where they fail. */

const EMPTY = new Uint8Array(0);

/**
 * Decompresses the longest prefix of `input` that can be decompressed. A decoder that fails does not tell where: the
 * prefix is searched for by bisection, with as many attempts as the length of the input has bits.
 * @param decompress throws if its input cannot be decompressed
 * @param enough bytes of output with which the search ends
 */
export function decompressPrefix(
  input: Uint8Array,
  decompress: (bytes: Uint8Array) => Uint8Array,
  enough = Number.POSITIVE_INFINITY,
): Uint8Array {
  let content: Uint8Array = EMPTY;
  for (let [good, bad] = [0, input.length]; bad - good > 1; ) {
    const middle = (good + bad) >>> 1;
    try {
      content = decompress(input.subarray(0, middle));
      good = middle;
    } catch {
      bad = middle;
    }
    if (content.length >= enough) break;
  }
  return content;
}
