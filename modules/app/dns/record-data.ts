/** Data of resource records, for the types that are logged or searched. */
import { fullAddressText } from '../../../engine/address.js';
import { uint16, uint32 } from '../../../engine/packet/network-order.js';
import type { Names } from './name.js';
import * as Type from './record-type.js';

export type RecordData =
  | { readonly kind: 'address'; readonly text: string }
  | { readonly kind: 'name'; readonly name: Uint8Array }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'txt'; readonly texts: readonly Uint8Array[] }
  | {
      readonly kind: 'soa';
      readonly primary: Uint8Array;
      readonly mailbox: Uint8Array;
      readonly numbers: readonly number[];
    }
  | {
      readonly kind: 'srv';
      readonly priority: number;
      readonly weight: number;
      readonly port: number;
      readonly target: Uint8Array;
    }
  | {
      readonly kind: 'sshfp';
      readonly algorithm: number;
      readonly type: number;
      readonly fingerprint: Uint8Array;
    }
  | {
      readonly kind: 'opt';
      readonly options: readonly { readonly code: number; readonly data: Uint8Array }[];
    }
  | { readonly kind: 'none' };

const NONE: RecordData = { kind: 'none' };

const NO_NAMES = { offset: 0, count: 0 };
const ONE_NAME = { offset: 0, count: 1 };
const TWO_NAMES = { offset: 0, count: 2 };
const AFTER_PREFERENCE = { offset: 2, count: 1 };
const AFTER_PORT = { offset: 6, count: 1 };

/** Where the data of a record type contains names, and how many consecutive ones. */
export function namesInData(type: number): { readonly offset: number; readonly count: number } {
  switch (type) {
    case Type.NS:
    case Type.CNAME:
    case Type.PTR:
      return ONE_NAME;
    case Type.SOA:
      return TWO_NAMES;
    case Type.MX:
      return AFTER_PREFERENCE;
    case Type.SRV:
      return AFTER_PORT;
    default:
      return NO_NAMES;
  }
}

/** Reads `bytes[start, end)`; data too short for its type is `none`. */
export function readData(
  type: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  names: Names,
): RecordData {
  const length = end - start;
  switch (type) {
    case Type.A:
      return length === 4 ? { kind: 'address', text: fullAddressText(bytes, start, 4) } : NONE;
    case Type.AAAA:
      return length === 16 ? { kind: 'address', text: fullAddressText(bytes, start, 6) } : NONE;
    case Type.NS:
    case Type.CNAME:
    case Type.PTR:
      return nameAt(start, end, names);
    case Type.MX:
      return length > 2 ? nameAt(start + 2, end, names) : NONE;
    case Type.SOA:
      return startOfAuthority(bytes, start, end, names);
    case Type.SRV:
      return service(bytes, start, end, names);
    case Type.SSHFP:
      return length > 2
        ? {
            kind: 'sshfp',
            algorithm: bytes[start]!,
            type: bytes[start + 1]!,
            fingerprint: bytes.subarray(start + 2, end),
          }
        : NONE;
    case Type.TXT:
      return { kind: 'txt', texts: texts(bytes, start, end) };
    case Type.NULL:
      return { kind: 'bytes', bytes: bytes.subarray(start, end) };
    case Type.OPT:
      return { kind: 'opt', options: options(bytes, start, end) };
    default:
      return NONE;
  }
}

function nameAt(at: number, end: number, names: Names): RecordData {
  if (names.walk(at, end) < 0) return NONE;
  return { kind: 'name', name: names.read(at, end) };
}

function startOfAuthority(bytes: Uint8Array, start: number, end: number, names: Names): RecordData {
  const mailbox = names.walk(start, end);
  const next = mailbox < 0 ? -1 : names.walk(mailbox, end);
  if (next < 0 || next + 20 > end) return NONE;
  const numbers = [0, 4, 8, 12, 16].map(offset => uint32(bytes, next + offset));
  return { kind: 'soa', primary: names.read(start, end), mailbox: names.read(mailbox, end), numbers };
}

function service(bytes: Uint8Array, start: number, end: number, names: Names): RecordData {
  if (end - start < 7 || names.walk(start + 6, end) < 0) return NONE;
  return {
    kind: 'srv',
    priority: uint16(bytes, start),
    weight: uint16(bytes, start + 2),
    port: uint16(bytes, start + 4),
    target: names.read(start + 6, end),
  };
}

/** The character strings of a TXT record (RFC 1035 3.3.14). */
function texts(bytes: Uint8Array, start: number, end: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = start; at < end; ) {
    const stop = Math.min(end, at + 1 + bytes[at]!);
    found.push(bytes.subarray(at + 1, stop));
    at = stop;
  }
  return found;
}

/** Options of EDNS (RFC 6891 6.1.2). */
function options(bytes: Uint8Array, start: number, end: number): { code: number; data: Uint8Array }[] {
  const found: { code: number; data: Uint8Array }[] = [];
  for (let at = start; at + 4 <= end; ) {
    const stop = at + 4 + uint16(bytes, at + 2);
    if (stop > end) break;
    found.push({ code: uint16(bytes, at), data: bytes.subarray(at + 4, stop) });
    at = stop;
  }
  return found;
}
