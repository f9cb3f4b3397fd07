/** Plaintext handshake messages of Google's versions of QUIC: tags with values on stream 1. */
import { createHash } from 'node:crypto';
import type { Fingerprint } from '../tls/fingerprint.js';

/** Contents of a client's hello. */
export interface GoogleHello {
  readonly serverName: Uint8Array | undefined;
  readonly userAgent: Uint8Array | undefined;
  /** Version and tags (Yu 2019), with the MD5 of them. */
  readonly cyu: Fingerprint;
}

const CLIENT_HELLO = 0x43484c4f;
const PACKET_NUMBER = 4;
const AUTHENTICATION = 12;
const MAX_TAGS = 128;
const HANDSHAKE_STREAM = 1;

/** Offset of the frames in a packet with a public header (to Q043) whose version flag is set. */
export function framesOfPublic(bytes: Uint8Array, start: number): number {
  const number = [1, 2, 4, 6][(bytes[start]! >> 4) & 3]!;
  return start + 1 + 8 + 4 + number + AUTHENTICATION;
}

/** Offset of the frames in a packet with a long header. @param number offset of the packet number */
export function framesOfLong(number: number): number {
  return number + PACKET_NUMBER + AUTHENTICATION;
}

/** The client's hello in the frames of `bytes[start, end)`. @param version `Q046` as a number */
export function readGoogleHello(
  bytes: Uint8Array,
  start: number,
  end: number,
  version: number,
): GoogleHello | undefined {
  for (let at = start; at < end; ) {
    const type = bytes[at]!;
    if (type & 0x80) return readStreamFrame(bytes, at, end, version);
    const length = frameLength(type, bytes, at);
    if (length === 0) return undefined;
    at += length;
  }
  return undefined;
}

/** @returns 0 for frames that do not occur at the start of a handshake */
function frameLength(type: number, bytes: Uint8Array, at: number): number {
  if (type === 0 || type === 7) return 1;
  if ((type & 0xc0) !== 0x40) return 0;
  const sizes = [1, 2, 4, 6];
  const largest = sizes[(type >> 2) & 3]!;
  const block = sizes[type & 3]!;
  const hasBlocks = (type & 0x20) !== 0;
  let length = 1 + largest + 2 + (hasBlocks ? 1 : 0) + block;
  if (hasBlocks) length += (bytes[at + 3 + largest] ?? 0) * (1 + block);
  const stamps = bytes[at + length] ?? 0;
  return length + 1 + (stamps === 0 ? 0 : 2 + 3 * stamps);
}

/** Type bits: 1, FIN, length present, bytes of the offset, bytes of the stream number. */
function readStreamFrame(
  bytes: Uint8Array,
  at: number,
  end: number,
  version: number,
): GoogleHello | undefined {
  const type = bytes[at]!;
  const offsetBits = (type >> 2) & 7;
  const stream = at + 1;
  const offset = stream + (type & 3) + 1;
  const length = offset + (offsetBits === 0 ? 0 : offsetBits + 1);
  const data = length + (type & 0x20 ? 2 : 0);
  if (data + 8 > end || (type & 3) !== 0 || bytes[stream] !== HANDSHAKE_STREAM) return undefined;
  return tagsOf(bytes.slice(data, end), version);
}

function tagsOf(message: Uint8Array, version: number): GoogleHello | undefined {
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  if (view.getUint32(0) !== CLIENT_HELLO) return undefined;
  const count = view.getUint16(4, true);
  const values = 8 + 8 * count;
  if (count > MAX_TAGS || values > message.length) return undefined;
  const tags = new Map<string, Uint8Array>();
  let from = 0;
  for (let i = 0; i < count; i++) {
    const name = nameOf(message.subarray(8 + 8 * i, 12 + 8 * i));
    const to = view.getUint32(12 + 8 * i, true);
    tags.set(name, to >= from ? message.subarray(values + from, values + to) : message.subarray(0, 0));
    from = to;
  }
  const digits = String.fromCharCode((version >> 8) & 0xff, version & 0xff);
  const text = `${digits},${[...tags.keys()].join('-')}`;
  const hash = createHash('md5').update(text).digest('hex');
  return { serverName: tags.get('SNI'), userAgent: tags.get('UAID'), cyu: { text, hash } };
}

function nameOf(tag: Uint8Array): string {
  return String.fromCharCode(...tag).replace(/\0+$/, '');
}
