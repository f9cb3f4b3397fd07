/** Bytes as text. The data that detections read is in shared memory, which `TextDecoder` does not accept. */

/** @param encoding `latin1` (each byte a character) or `utf8` */
export function text(bytes: Uint8Array, encoding: 'latin1' | 'utf8' = 'latin1'): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(encoding);
}

/** `16 03 01` */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join(' ');
}

/** Big-endian number of `count` bytes (1 to 6) at `offset`. @throws RangeError if the bytes end before */
export function integer(bytes: Uint8Array, offset: number, count: number): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).readUIntBE(offset, count);
}

/** Occurrences of each value; for `entropy` only. */
const counts = new Uint32Array(256);

/** Shannon entropy in bits per byte, 0 to 8. */
export function entropy(bytes: Uint8Array): number {
  counts.fill(0);
  for (let i = 0; i < bytes.length; i++) counts[bytes[i]!]!++;
  let sum = 0;
  for (let value = 0; value < 256; value++) {
    if (counts[value] === 0) continue;
    const share = counts[value]! / bytes.length;
    sum -= share * Math.log2(share);
  }
  return sum;
}
