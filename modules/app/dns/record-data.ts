/** What resource records carry, for the types that are shown and searched. */
import { addressText } from '../../../engine/address.js';
import type { NameReader } from './name.js';
import * as Type from './record-type.js';

export type RecordData =
  | { readonly kind: 'address'; readonly text: string }
  | { readonly kind: 'name'; readonly name: Uint8Array }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
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

/** Reads `bytes[start, end)`; data that is too short for its type is `none`. */
export function readData(
  type: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  names: NameReader,
): RecordData {
  const length = end - start;
  switch (type) {
    case Type.A:
      return length === 4 ? { kind: 'address', text: addressText(bytes, start, 4) } : NONE;
    case Type.AAAA:
      return length === 16 ? { kind: 'address', text: addressText(bytes, start, 6) } : NONE;
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
            fingerprint: bytes.slice(start + 2, end),
          }
        : NONE;
    case Type.TXT:
      return { kind: 'bytes', bytes: texts(bytes, start, end) };
    case Type.NULL:
      return { kind: 'bytes', bytes: bytes.slice(start, end) };
    case Type.OPT:
      return { kind: 'opt', options: options(bytes, start, end) };
    default:
      return NONE;
  }
}

function nameAt(at: number, end: number, names: NameReader): RecordData {
  const { name, next } = names.read(at, end);
  return next < 0 ? NONE : { kind: 'name', name };
}

function startOfAuthority(bytes: Uint8Array, start: number, end: number, names: NameReader): RecordData {
  const primary = names.read(start, end);
  const mailbox = primary.next < 0 ? primary : names.read(primary.next, end);
  if (mailbox.next < 0 || mailbox.next + 20 > end) return NONE;
  const numbers = [0, 4, 8, 12, 16].map(offset => uint32(bytes, mailbox.next + offset));
  return { kind: 'soa', primary: primary.name, mailbox: mailbox.name, numbers };
}

function service(bytes: Uint8Array, start: number, end: number, names: NameReader): RecordData {
  if (end - start < 7) return NONE;
  const { name, next } = names.read(start + 6, end);
  if (next < 0) return NONE;
  const [priority, weight, port] = [0, 2, 4].map(offset => uint16(bytes, start + offset)) as [
    number,
    number,
    number,
  ];
  return { kind: 'srv', priority, weight, port, target: name };
}

/** The character strings of a TXT record, one behind the other. */
function texts(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const joined = new Uint8Array(end - start);
  let length = 0;
  for (let at = start; at < end; ) {
    const stop = Math.min(end, at + 1 + bytes[at]!);
    joined.set(bytes.subarray(at + 1, stop), length);
    length += stop - at - 1;
    at = stop;
  }
  return joined.subarray(0, length);
}

/** Options of EDNS (RFC 6891 6.1.2). */
function options(bytes: Uint8Array, start: number, end: number): { code: number; data: Uint8Array }[] {
  const found: { code: number; data: Uint8Array }[] = [];
  for (let at = start; at + 4 <= end; ) {
    const stop = at + 4 + uint16(bytes, at + 2);
    if (stop > end) break;
    found.push({ code: uint16(bytes, at), data: bytes.slice(at + 4, stop) });
    at = stop;
  }
  return found;
}

const uint16 = (bytes: Uint8Array, at: number): number => (bytes[at]! << 8) | bytes[at + 1]!;
const uint32 = (bytes: Uint8Array, at: number): number => uint16(bytes, at) * 0x10000 + uint16(bytes, at + 2);
