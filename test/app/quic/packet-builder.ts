/** QUIC packets of the connection in RFC 9001 A and RFC 9369 A, protected with the keys printed there. */
import { createCipheriv, createHmac } from 'node:crypto';
import { concat, hex, u8, u16, u32 } from '../../packets/bytes.js';

interface Keys {
  readonly version: number;
  readonly first: number;
  readonly destination: Uint8Array;
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
  readonly header: Uint8Array;
}

/** The server's connection id from which all keys of the RFCs are derived. */
const DESTINATION = hex('8394c8f03e515708');

const keys = (version: number, first: number, key: string, iv: string, header: string): Keys => ({
  version,
  first,
  destination: DESTINATION,
  key: hex(key),
  iv: hex(iv),
  header: hex(header),
});

export const CLIENT_1 = keys(
  1,
  0xc1,
  '1f369613dd76d5467730efcbe3b1a22d',
  'fa044b2f42a3fd3b46fb255c',
  '9f50449e04a0e810283a1e9933adedd2',
);
export const SERVER_1 = keys(
  1,
  0xc1,
  'cf3a5331653c364c88f0f379b6067e37',
  '0ac1493ca1905853b0bba03e',
  'c206b8d9b9f0f37644430b490eeaa314',
);
export const CLIENT_2 = keys(
  0x6b3343cf,
  0xd1,
  '8b1a0bc121284290a29e0971b5cd045d',
  '91f73e2351d8fa91660e909f',
  '45b95e15235d6f45a6b19cbcb0294ba9',
);

const SALT_1 = hex('38762cf7f55934b34d179ae6a4c80cadccbb7f0a');
const SALT_DRAFT_29 = hex('afbfec289993d24c9e9786f19c6111e04390a899');
const SALTS = new Map([
  [1, SALT_1],
  [0xff00001d, SALT_DRAFT_29],
]);

const hmac = (key: Uint8Array, data: Uint8Array): Uint8Array =>
  createHmac('sha256', key).update(data).digest();

/** HKDF-Expand-Label (RFC 8446 7.1) of up to 32 bytes. */
const expand = (secret: Uint8Array, label: string, length: number): Uint8Array =>
  hmac(secret, concat(u16(length), u8(6 + label.length), 'tls13 ', label, u8(0), u8(1))).subarray(0, length);

/** Keys of the side `client` or `server`, for a connection that begins with another destination. */
export function keysOf(side: 'client' | 'server', destination: Uint8Array, version = 1): Keys {
  const secret = expand(hmac(SALTS.get(version)!, destination), `${side} in`, 32);
  return {
    version,
    first: 0xc1,
    destination,
    key: expand(secret, 'quic key', 16),
    iv: expand(secret, 'quic iv', 12),
    header: expand(secret, 'quic hp', 16),
  };
}

const varint = (value: number): Uint8Array => u16(0x4000 | value);

export const crypto = (offset: number, data: Uint8Array): Uint8Array =>
  concat(u8(6), varint(offset), varint(data.length), data);

/**
 * An Initial packet with frames.
 * @param number of the packet, 16 bits
 * @param size minimum bytes, including padding
 */
export function initial(
  { version, first, destination, key, iv, header }: Keys,
  frames: Uint8Array,
  number = 2,
  size = 1200,
): Uint8Array {
  const overhead = 1 + 4 + 1 + destination.length + 1 + 1 + 2 + 2 + 16;
  const filled = concat(frames, new Uint8Array(Math.max(0, size - overhead - frames.length)));
  const length = varint(2 + filled.length + 16);
  const head = concat(u8(first), u32(version), u8(destination.length), destination, u8(0), u8(0), length);
  const associated = concat(head, u16(number));
  const nonce = iv.slice();
  nonce[10]! ^= number >> 8;
  nonce[11]! ^= number & 0xff;
  const cipher = createCipheriv('aes-128-gcm', key, nonce);
  cipher.setAAD(associated);
  const body = concat(cipher.update(filled), cipher.final(), cipher.getAuthTag());
  const mask = createCipheriv('aes-128-ecb', header, null).update(body.subarray(2, 18));
  const packet = concat(associated, body);
  packet[0]! ^= mask[0]! & 0x0f;
  packet[head.length]! ^= mask[1]!;
  packet[head.length + 1]! ^= mask[2]!;
  return packet;
}

/** A Retry packet. @param source the connection id the server chose */
export const retry = (source: Uint8Array): Uint8Array =>
  concat(u8(0xf0), u32(1), u8(0), u8(source.length), source, 'token', new Uint8Array(16));

/** A hello of Google's version Q046. */
export function googleHello(tags: readonly [string, string][]): Uint8Array {
  const u32le = (value: number): Uint8Array => u32(value).reverse();
  let end = 0;
  const index = tags.map(([name, value]) => {
    end += value.length;
    return concat(name.padEnd(4, '\0'), u32le(end));
  });
  const count = Uint8Array.of(tags.length, 0);
  const message = concat('CHLO', count, u16(0), ...index, ...tags.map(([, value]) => value));
  const head = concat(u8(0xc3), 'Q046', u8(0x50), DESTINATION, u32(1), new Uint8Array(12));
  return concat(head, u8(0xa0), u8(1), u16(message.length), message);
}
