/** Headers of DCE/RPC messages (C706, chapter 12), connection-oriented and connectionless. */
import { uint16 } from '../../../engine/packet/network-order.js';
import { uuidText } from './uuid.js';

export const REQUEST = 0;
export const RESPONSE = 2;
export const FAULT = 3;
export const REJECT = 6;
export const BIND = 11;
export const BIND_ACK = 12;
export const BIND_NAK = 13;
export const ALTER_CONTEXT = 14;
export const ALTER_CONTEXT_RESP = 15;
const LAST_TYPE = 20;

const NAMES = [
  ...['REQUEST', 'PING', 'RESPONSE', 'FAULT', 'WORKING', 'NOCALL', 'REJECT', 'ACK', 'CL_CANCEL', 'FACK'],
  ...['CANCEL_ACK', 'BIND', 'BINDACK', 'BINDNAK', 'ALTER_CONTEXT', 'ALTER_CONTEXT_RESP', 'AUTH3', 'SHUTDOWN'],
  ...['CO_CANCEL', 'ORPHANED', 'RTS'],
];

export function typeName(type: number): string {
  return NAMES[type] ?? `UNKNOWN (${type})`;
}

/** Types sent only by clients, and those sent only by servers; RTS may be sent by both. */
const FROM_CLIENT = new Set([REQUEST, BIND, ALTER_CONTEXT, 16, 18, 19]);
const FROM_SERVER = new Set([RESPONSE, FAULT, BIND_ACK, BIND_NAK, ALTER_CONTEXT_RESP, 17]);

export const isFromClient = (type: number): boolean => FROM_CLIENT.has(type);
export const isFromServer = (type: number): boolean => FROM_SERVER.has(type);

/** Types that expect a response. */
export const isAnswered = (type: number): boolean =>
  type === REQUEST || type === BIND || type === ALTER_CONTEXT;

/** Length of the common header of all messages on a connection. */
export const HEADER = 16;
/** Length of the header of a datagram. */
export const DATAGRAM_HEADER = 80;

export const FIRST_FRAGMENT = 1;
export const LAST_FRAGMENT = 2;

export interface Pdu {
  readonly version: number;
  readonly minor: number;
  readonly type: number;
  readonly flags: number;
  readonly littleEndian: boolean;
  /** Length of the whole message in bytes. */
  readonly length: number;
  readonly authLength: number;
  readonly callId: number;
}

export function u16(bytes: Uint8Array, at: number, littleEndian: boolean): number {
  return littleEndian ? bytes[at]! | (bytes[at + 1]! << 8) : uint16(bytes, at);
}

export function u32(bytes: Uint8Array, at: number, littleEndian: boolean): number {
  const [low, high] = [u16(bytes, at, littleEndian), u16(bytes, at + 2, littleEndian)];
  return (littleEndian ? high * 65536 + low : low * 65536 + high) >>> 0;
}

/** Whether a format label is valid: character set and byte order, floating point. */
function isFormat(first: number, second: number): boolean {
  return (first & 0xee) === 0 && second <= 3;
}

/**
 * Parses the header at `at` of a message on a connection, of which 16 bytes are available; undefined if it is invalid.
 */
export function readHeader(bytes: Uint8Array, at: number): Pdu | undefined {
  const [version, minor, type, flags] = [bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!];
  if (version !== 5 || minor > 1 || type > LAST_TYPE || !isFormat(bytes[at + 4]!, bytes[at + 5]!))
    return undefined;
  const littleEndian = (bytes[at + 4]! & 0x10) !== 0;
  const length = u16(bytes, at + 8, littleEndian);
  if (length < HEADER) return undefined;
  const authLength = u16(bytes, at + 10, littleEndian);
  const callId = u32(bytes, at + 12, littleEndian);
  return { version, minor, type, flags, littleEndian, length, authLength, callId };
}

export interface DatagramHeader {
  readonly type: number;
  /** Another part of the same call follows. */
  readonly more: boolean;
  readonly littleEndian: boolean;
  readonly interfaceUuid: string;
  readonly interfaceVersion: number;
  readonly activity: string;
  readonly sequence: number;
  readonly opnum: number;
  /** Bytes after the header. */
  readonly length: number;
}

const FRAGMENT = 0x04;

/** Parses the header at `start` of a datagram; undefined if it is invalid. */
export function readDatagramHeader(
  bytes: Uint8Array,
  start: number,
  end: number,
): DatagramHeader | undefined {
  if (end - start < DATAGRAM_HEADER || !looksLikeDatagram(bytes, start)) return undefined;
  const littleEndian = (bytes[start + 4]! & 0x10) !== 0;
  const flags = bytes[start + 2]!;
  return {
    type: bytes[start + 1]!,
    more: (flags & FRAGMENT) !== 0 && (flags & LAST_FRAGMENT) === 0,
    littleEndian,
    interfaceUuid: uuidText(bytes, start + 24, littleEndian),
    interfaceVersion: u32(bytes, start + 60, littleEndian) & 0xffff,
    activity: uuidText(bytes, start + 40),
    sequence: u32(bytes, start + 64, littleEndian),
    opnum: u16(bytes, start + 68, littleEndian),
    length: u16(bytes, start + 74, littleEndian),
  };
}

function looksLikeDatagram(bytes: Uint8Array, at: number): boolean {
  const isKnown = bytes[at] === 4 && bytes[at + 1]! <= 10;
  // Only one of the second flags is defined; reserved ones are zero.
  return isKnown && (bytes[at + 3]! & 0xfc) === 0 && isFormat(bytes[at + 4]!, bytes[at + 5]!);
}
