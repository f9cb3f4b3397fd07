/** Frames (RFC 9113 4 and 6): header, types, and the numbers in them. */
import { uint16, uint24, uint32 } from '../../../engine/packet/network-order.js';

export const FRAME_HEADER = 9;
/** The connection preface of the client (RFC 9113 3.4). */
export const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

export const DATA = 0;
export const HEADERS = 1;
export const PRIORITY = 2;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PUSH_PROMISE = 5;
export const PING = 6;
export const GOAWAY = 7;
export const WINDOW_UPDATE = 8;
export const CONTINUATION = 9;

/** Names of types as used in rules. */
export const FRAME_TYPES: Readonly<Record<string, number>> = {
  DATA,
  HEADERS,
  PRIORITY,
  RSTSTREAM: RST_STREAM,
  SETTINGS,
  PUSHPROMISE: PUSH_PROMISE,
  PING,
  GOAWAY,
  WINDOWUPDATE: WINDOW_UPDATE,
  CONTINUATION,
};

export const END_STREAM = 0x1;
export const ACK = 0x1;
export const END_HEADERS = 0x4;
export const PADDED = 0x8;
export const WITH_PRIORITY = 0x20;

/** Names of error codes (RFC 9113 7), in order of their numbers. */
export const ERROR_CODES = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
] as const;

/** Names of settings (RFC 9113 6.5.2), from number 1. */
export const SETTING_NAMES: readonly string[] = [
  'SETTINGS_HEADER_TABLE_SIZE',
  'SETTINGS_ENABLE_PUSH',
  'SETTINGS_MAX_CONCURRENT_STREAMS',
  'SETTINGS_INITIAL_WINDOW_SIZE',
  'SETTINGS_MAX_FRAME_SIZE',
  'SETTINGS_MAX_HEADER_LIST_SIZE',
];

export interface FrameHeader {
  /** Bytes after the header. */
  readonly length: number;
  readonly type: number;
  readonly flags: number;
  /** 0: the connection as a whole. */
  readonly stream: number;
  /** Whether the reserved bit is 0. */
  readonly valid: boolean;
}

export function parseFrameHeader(bytes: Uint8Array): FrameHeader {
  return {
    length: uint24(bytes, 0),
    type: bytes[3]!,
    flags: bytes[4]!,
    stream: uint32(bytes, 5) & 0x7fffffff,
    valid: bytes[5]! < 0x80,
  };
}

export interface Setting {
  readonly number: number;
  readonly value: number;
}

/** The parameters of a SETTINGS frame; undefined if its length is invalid. */
export function parseSettings(bytes: Uint8Array): Setting[] | undefined {
  if (bytes.length % 6 !== 0) return undefined;
  const settings: Setting[] = [];
  for (let at = 0; at < bytes.length; at += 6)
    settings.push({ number: uint16(bytes, at), value: uint32(bytes, at + 2) });
  return settings;
}

/** The payload without its padding (RFC 9113 6.1); undefined if there is more padding than payload. */
export function withoutPadding(bytes: Uint8Array, flags: number): Uint8Array | undefined {
  if ((flags & PADDED) === 0) return bytes;
  const end = bytes.length - (bytes[0] ?? 0);
  return end < 1 ? undefined : bytes.subarray(1, end);
}
