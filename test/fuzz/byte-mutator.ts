/** Random changes of bytes: the same for the same seed. */

import { concat } from '../packets/bytes.js';
import { type Random, randomNumbers } from '../pseudo-random.js';

/** Bytes that often cause errors in parsers. */
const EDGE_BYTES = [0, 1, 0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xff];

const MUTATIONS: readonly ((bytes: Uint8Array, random: Random) => Uint8Array)[] = [
  (bytes, random) => bytes.slice(0, random(bytes.length + 1)),
  (bytes, random) => withByte(bytes, random(bytes.length), EDGE_BYTES[random(EDGE_BYTES.length)]!),
  (bytes, random) => withByte(bytes, random(bytes.length), random(256)),
  (bytes, random) => {
    const at = random(bytes.length);
    return concat(bytes.slice(0, at), bytes.slice(at, at + random(40)), bytes.slice(at));
  },
  (bytes, random) => {
    const at = random(bytes.length);
    return concat(bytes.slice(0, at), bytes.slice(at + 1 + random(8)));
  },
];

function withByte(bytes: Uint8Array, at: number, value: number): Uint8Array {
  // A Buffer's own `slice` is a view: changes would accumulate in the original.
  const changed = new Uint8Array(bytes);
  if (at < changed.length) changed[at] = value;
  return changed;
}

/** One to six changes. */
export function mutatedBytes(original: Uint8Array, random: Random): Uint8Array {
  let bytes = original;
  for (let n = random(6); n >= 0; n--) {
    if (bytes.length > 0) bytes = MUTATIONS[random(MUTATIONS.length)]!(bytes, random);
  }
  return bytes;
}

/** Yields `count` variants of the bytes, each with one to six changes. */
export function* mutatedVariants(
  seed: number,
  count: number,
  originals: readonly Uint8Array[],
): Generator<Uint8Array> {
  const random = randomNumbers(seed);
  for (let i = 0; i < count; i++) yield mutatedBytes(originals[random(originals.length)]!, random);
}
