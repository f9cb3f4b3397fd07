/**
 * Community ID, version 1: `1:` and the base64 of a SHA-1 over the addresses, protocol and ports of a flow, the lower
 * endpoint first, so that all tools compute the same text for the same flow. The input fits one SHA-1 block.
 */
import * as FlowRecord from './flow/flow-record.js';

/** Length of the text. */
export const COMMUNITY_ID_LENGTH = 30;

const ICMP = 1;
const ICMPV6 = 58;
const SCTP = 132;

/** The reply type of each ICMP type (RFC 792, 950, 1256); others are one-way. */
const ICMP_ANSWERS: Readonly<Record<number, number>> = {
  ...{ 0: 8, 8: 0, 9: 10, 10: 9, 13: 14, 14: 13 },
  ...{ 15: 16, 16: 15, 17: 18, 18: 17 },
};

/** The same for ICMPv6 (RFC 4443, 2710, 4861, 4620, 6275). */
const ICMPV6_ANSWERS: Readonly<Record<number, number>> = {
  ...{ 128: 129, 129: 128, 130: 131, 131: 130, 133: 134, 134: 133 },
  ...{ 135: 136, 136: 135, 139: 140, 140: 139, 144: 145, 145: 144 },
};

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Computes the IDs of flows. */
export class CommunityId {
  private readonly block = new Uint8Array(64);
  private readonly words = new Int32Array(80);
  private readonly digest = new Uint8Array(21);

  /** @param seed `community-id-seed`, 0 to 65535 */
  constructor(private readonly seed: number) {}

  /**
   * Writes the ID of a flow to `out` from `at` on.
   * @param row flow rows and their bytes, see `FlowRows`  @param flow number of the row
   * @returns the position after it
   */
  write(row: Int32Array, bytes: Uint8Array, flow: number, out: Uint8Array, at: number): number {
    const length = this.fill(row, bytes, flow);
    this.hash(length);
    out[at++] = 0x31;
    out[at++] = 0x3a;
    for (let i = 0; i < 21; i += 3) {
      const group = (this.digest[i]! << 16) | (this.digest[i + 1]! << 8) | this.digest[i + 2]!;
      out[at++] = BASE64.charCodeAt(group >> 18);
      out[at++] = BASE64.charCodeAt((group >> 12) & 63);
      out[at++] = BASE64.charCodeAt((group >> 6) & 63);
      // 20 bytes end in a group of two.
      out[at++] = i === 18 ? 0x3d : BASE64.charCodeAt(group & 63);
    }
    return at;
  }

  /** Writes the hash input into the block. @returns its length */
  private fill(row: Int32Array, bytes: Uint8Array, flow: number): number {
    const f = flow * FlowRecord.INTS;
    const size = row[f + FlowRecord.IP_VERSION] === 6 ? 16 : 4;
    let low = (f + FlowRecord.CLIENT_ADDRESS) * 4;
    let high = (f + FlowRecord.SERVER_ADDRESS) * 4;
    const protocol = row[f + FlowRecord.PROTOCOL]!;
    let lowPort = row[f + FlowRecord.CLIENT_PORT]!;
    let highPort = row[f + FlowRecord.SERVER_PORT]!;
    let ordered = compare(bytes, low, high, size) || lowPort - highPort;
    if (protocol === ICMP || protocol === ICMPV6) {
      const type = row[f + FlowRecord.ICMP_TYPE]!;
      const answer = (protocol === ICMP ? ICMP_ANSWERS : ICMPV6_ANSWERS)[type];
      lowPort = type;
      highPort = answer ?? row[f + FlowRecord.ICMP_CODE]!;
      // One-way messages keep their direction.
      ordered = answer === undefined ? -1 : compare(bytes, low, high, size) || lowPort - highPort;
    }
    if (ordered > 0) {
      [low, high] = [high, low];
      [lowPort, highPort] = [highPort, lowPort];
    }
    return this.put(bytes, low, high, size, protocol, lowPort, highPort);
  }

  private put(
    bytes: Uint8Array,
    low: number,
    high: number,
    size: number,
    protocol: number,
    lowPort: number,
    highPort: number,
  ): number {
    const { block } = this;
    block.fill(0);
    block[0] = this.seed >> 8;
    block[1] = this.seed;
    for (let i = 0; i < size; i++) {
      block[2 + i] = bytes[low + i]!;
      block[2 + size + i] = bytes[high + i]!;
    }
    const p = 2 + 2 * size;
    block[p] = protocol;
    if (!hasPorts(protocol)) return p + 2;
    block[p + 2] = lowPort >> 8;
    block[p + 3] = lowPort;
    block[p + 4] = highPort >> 8;
    block[p + 5] = highPort;
    return p + 6;
  }

  /** SHA-1 (FIPS 180-4) of one block. */
  private hash(length: number): void {
    const { block, words: w, digest } = this;
    block[length] = 0x80;
    block[62] = (length * 8) >> 8;
    block[63] = length * 8;
    for (let i = 0; i < 16; i++) {
      w[i] = (block[4 * i]! << 24) | (block[4 * i + 1]! << 16) | (block[4 * i + 2]! << 8) | block[4 * i + 3]!;
    }
    for (let i = 16; i < 80; i++) w[i] = rotated(w[i - 3]! ^ w[i - 8]! ^ w[i - 14]! ^ w[i - 16]!, 1);
    let [a, b, c, d, e] = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476, 0xc3d2e1f0 | 0];
    for (let i = 0; i < 80; i++) {
      const next = (rotated(a, 5) + mixed(i, b, c, d) + e + w[i]!) | 0;
      e = d;
      d = c;
      c = rotated(b, 30);
      b = a;
      a = next;
    }
    store(digest, 0, a + 0x67452301);
    store(digest, 4, b + 0xefcdab89);
    store(digest, 8, c + 0x98badcfe);
    store(digest, 12, d + 0x10325476);
    store(digest, 16, e + 0xc3d2e1f0);
  }
}

function hasPorts(protocol: number): boolean {
  return protocol === 6 || protocol === 17 || protocol === SCTP || protocol === ICMP || protocol === ICMPV6;
}

function compare(bytes: Uint8Array, a: number, b: number, size: number): number {
  for (let i = 0; i < size; i++) if (bytes[a + i] !== bytes[b + i]) return bytes[a + i]! - bytes[b + i]!;
  return 0;
}

function rotated(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

/** Function and constant of round `i`. */
function mixed(i: number, b: number, c: number, d: number): number {
  if (i < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (i < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (i < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

function store(out: Uint8Array, at: number, value: number): void {
  out[at] = value >>> 24;
  out[at + 1] = value >>> 16;
  out[at + 2] = value >>> 8;
  out[at + 3] = value;
}
