/** Bytes for packets: hex, text, numbers in network order, addresses, the Internet checksum. */

export type Bytes = Uint8Array | string;

/** Text becomes its Latin-1 bytes; bytes are unchanged. */
export function bytes(data: Bytes): Uint8Array {
  return typeof data === 'string' ? Uint8Array.from(data, character => character.charCodeAt(0)) : data;
}

/** `hex('45 00 0014')`: white space is ignored. */
export function hex(text: string): Uint8Array {
  const digits = text.replace(/\s+/g, '');
  if (!/^([0-9a-f]{2})*$/i.test(digits)) throw new Error(`not hexadecimal: ${text}`);
  return Uint8Array.from(digits.match(/../g) ?? [], pair => Number.parseInt(pair, 16));
}

export function concat(...parts: Bytes[]): Uint8Array {
  const arrays = parts.map(bytes);
  const whole = new Uint8Array(arrays.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of arrays) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function u8(value: number): Uint8Array {
  return Uint8Array.of(value);
}

export function u16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value);
}

export function u24(value: number): Uint8Array {
  return Uint8Array.of(value >>> 16, value >>> 8, value);
}

export function u32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** `10.0.0.1` as 4 bytes. */
export function address4(address: string): Uint8Array {
  return Uint8Array.from(address.split('.'), Number);
}

/** `2001:db8::1` as 16 bytes. */
export function address6(address: string): Uint8Array {
  const [head, tail] = address.split('::');
  const words = (part: string | undefined) =>
    part ? part.split(':').map(word => Number.parseInt(word, 16)) : [];
  const left = words(head);
  const right = words(tail);
  const middle = tail === undefined ? [] : new Array<number>(8 - left.length - right.length).fill(0);
  return concat(...[...left, ...middle, ...right].map(u16));
}

/** `02:00:00:00:00:01` as 6 bytes. */
export function mac(address: string): Uint8Array {
  return hex(address.replaceAll(':', ''));
}

/** The Internet checksum (RFC 1071) of the concatenated parts. */
export function checksum(...parts: Uint8Array[]): number {
  const data = concat(...parts);
  let sum = 0;
  for (let i = 0; i < data.length; i += 2) sum += (data[i]! << 8) + (data[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

/** A copy of `data` with `value` (big endian, 16 bits) at `offset`. */
export function with16(data: Uint8Array, offset: number, value: number): Uint8Array {
  const copy = data.slice();
  copy.set(u16(value), offset);
  return copy;
}
