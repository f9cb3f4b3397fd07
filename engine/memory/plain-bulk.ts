/** Copying and summing bytes of shared memory other than WebAssembly memory. */
import type { Bulk } from './bulk.js';

export function plainBulk(bytes: Uint8Array): Bulk {
  return {
    copy(to, from, length) {
      bytes.copyWithin(to, from, from + length);
    },
    sumOfWords(offset, length) {
      let sum = 0;
      const end = offset + length - 1;
      let i = offset;
      for (; i < end; i += 2) sum += bytes[i]! | (bytes[i + 1]! << 8);
      return (i === end ? sum + bytes[i]! : sum) | 0;
    },
  };
}
