/** Headers of IKE messages (RFC 7296 3.1, RFC 2408 3.1) and the chain of payloads after them. */
import { uint16, uint32 } from '../../../engine/packet/network-order.js';

export interface IkeHeader {
  readonly initiatorSpi: string;
  readonly responderSpi: string;
  readonly firstPayload: number;
  readonly major: number;
  readonly minor: number;
  readonly exchange: number;
  readonly flags: number;
  readonly messageId: number;
}

export interface Payload {
  readonly type: number;
  /** Type of the next payload; 0: none. */
  readonly next: number;
  readonly content: Uint8Array;
}

export const HEADER = 28;
const GENERIC = 4;
const MAX_PAYLOADS = 64;
const ENCRYPTED = new Set([46, 53]);

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** @returns undefined if it is not a header of a known version */
export function readHeader(bytes: Uint8Array, start: number, end: number): IkeHeader | undefined {
  if (end - start < HEADER) return undefined;
  const major = bytes[start + 17]! >> 4;
  if (major !== 1 && major !== 2) return undefined;
  return {
    initiatorSpi: hex(bytes.subarray(start, start + 8)),
    responderSpi: hex(bytes.subarray(start + 8, start + 16)),
    firstPayload: bytes[start + 16]!,
    major,
    minor: bytes[start + 17]! & 15,
    exchange: bytes[start + 18]!,
    flags: bytes[start + 19]!,
    messageId: uint32(bytes, start + 20),
  };
}

/** Exchanges defined in version 2 (RFC 7296 3.1): IKE_SA_INIT to INFORMATIONAL. */
const [FIRST_EXCHANGE_2, LAST_EXCHANGE_2] = [34, 37];

/** Whether a datagram begins an IKE exchange. Allocates nothing. */
export function isBeginning(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < HEADER) return false;
  const version = bytes[start + 17]!;
  if (version >> 4 === 1) return !isZero(bytes, start + 8, start + 16) || uint32(bytes, start + 20) === 0;
  const exchange = bytes[start + 18]!;
  const isExchange = exchange >= FIRST_EXCHANGE_2 && exchange <= LAST_EXCHANGE_2;
  return version === 0x20 && isExchange && uint32(bytes, start + 24) === end - start;
}

function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] !== 0) return false;
  return true;
}

export interface PayloadChain {
  readonly payloads: readonly Payload[];
  /** Bytes after the last one. */
  readonly extra: number;
}

/** @returns undefined if the chain is invalid */
export function readPayloads(bytes: Uint8Array, first: number): PayloadChain | undefined {
  const list: Payload[] = [];
  let type = first;
  let at = 0;
  while (type !== 0 && list.length < MAX_PAYLOADS) {
    if (at + GENERIC > bytes.length) return undefined;
    const length = uint16(bytes, at + 2);
    if (length < GENERIC || at + length > bytes.length) return undefined;
    const next = bytes[at]!;
    list.push({ type, next, content: bytes.subarray(at + GENERIC, at + length) });
    // Nothing follows an encrypted payload (RFC 7296 3.14, RFC 7383 2.5): its next type is that of its contents.
    type = ENCRYPTED.has(type) ? 0 : next;
    at += length;
  }
  return { payloads: list, extra: bytes.length - at };
}
