/**
 * Hashes of attacker-controlled keys. The first word is the seed of the run; each word of the key is mixed in
 * separately, so that no two words can cancel each other out for any seed.
 */

/** One round over a word: two multiplications with odd numbers, shifts between (as in MurmurHash3's finish). */
export function mix(hash: number, word: number): number {
  let stirred = Math.imul(hash ^ word, 0x85ebca6b);
  stirred = Math.imul(stirred ^ (stirred >>> 15), 0xc2b2ae35);
  return stirred ^ (stirred >>> 16);
}
