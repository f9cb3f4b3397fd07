/** A message: a header of fixed length, a magic number and options (RFC 2131 2, RFC 2132). */
import { uint32 } from '../../../engine/packet/network-order.js';

/** Bytes before the magic number, and the number. */
const HEADER_LENGTH = 236;
const MAGIC = [0x63, 0x82, 0x53, 0x63];
const OPTIONS = HEADER_LENGTH + MAGIC.length;
const SERVER_NAME = { from: 44, to: 108 };
const FILE = { from: 108, to: 236 };

export const REQUEST = 1;
export const REPLY = 2;

/** Codes of options. */
export const SUBNET_MASK = 1;
export const ROUTERS = 3;
export const DNS_SERVERS = 6;
export const HOSTNAME = 12;
export const REQUESTED_IP = 50;
export const LEASE_TIME = 51;
const OVERLOAD = 52;
export const MESSAGE_TYPE = 53;
export const PARAMETERS = 55;
export const RENEWAL_TIME = 58;
export const REBINDING_TIME = 59;
export const VENDOR_CLASS = 60;
export const CLIENT_ID = 61;
const PAD = 0;
const END = 255;

export interface DhcpOption {
  readonly code: number;
  readonly data: Uint8Array;
}

export interface DhcpMessage {
  readonly bytes: Uint8Array;
  readonly options: readonly DhcpOption[];
  /** An option exceeds the available bytes. */
  readonly truncated: boolean;
  /** The end option is missing. */
  readonly malformed: boolean;
}

export function isMessage(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < OPTIONS) return false;
  const kind = bytes[start];
  if (kind !== REQUEST && kind !== REPLY) return false;
  return MAGIC.every((byte, i) => bytes[start + HEADER_LENGTH + i] === byte);
}

/** @param bytes kept  @returns undefined if it is not a message */
export function parseMessage(bytes: Uint8Array): DhcpMessage | undefined {
  if (!isMessage(bytes, 0, bytes.length)) return undefined;
  const options: DhcpOption[] = [];
  const end = readOptions(bytes, OPTIONS, bytes.length, options);
  const overload = options.find(({ code }) => code === OVERLOAD)?.data[0] ?? 0;
  if (overload & 1) readOptions(bytes, FILE.from, FILE.to, options);
  if (overload & 2) readOptions(bytes, SERVER_NAME.from, SERVER_NAME.to, options);
  return { bytes, options, truncated: end === 'truncated', malformed: end === 'endless' };
}

/** Adds the options of `bytes[start, end)` to those present. */
function readOptions(
  bytes: Uint8Array,
  start: number,
  end: number,
  options: DhcpOption[],
): 'end' | 'truncated' | 'endless' {
  for (let at = start; at < end; ) {
    const code = bytes[at]!;
    if (code === END) return 'end';
    if (code === PAD) {
      at++;
      continue;
    }
    if (at + 1 >= end || at + 2 + bytes[at + 1]! > end) return 'truncated';
    const next = at + 2 + bytes[at + 1]!;
    options.push({ code, data: bytes.subarray(at + 2, next) });
    at = next;
  }
  return 'endless';
}

/** The value of an option in seconds. */
export function seconds({ options }: DhcpMessage, wanted: number): number | undefined {
  const data = options.find(({ code, data: { length } }) => code === wanted && length === 4)?.data;
  return data && uint32(data, 0);
}
