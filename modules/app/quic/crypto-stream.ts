/** The handshake messages of one side, from CRYPTO frames in any order (RFC 9000 7.5, 19.6). */
import { uint24 } from '../../../engine/packet/network-order.js';
import { type Hello, parseHello } from '../tls/hello.js';
import { Numbers } from './packet.js';

const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;
/** Maximum non-adjacent pieces. */
const MAX_RANGES = 256;

interface Range {
  readonly start: number;
  readonly end: number;
}

export class CryptoStream {
  private bytes = new Uint8Array(0);
  /** The pieces received: in order, not adjacent. */
  private readonly ranges: Range[] = [];
  private beyond = false;

  /** @param limit maximum bytes kept from the beginning */
  constructor(private readonly limit: number) {}

  add(offset: number, data: Uint8Array): void {
    const end = offset + data.length;
    if (end > this.limit) this.beyond = true;
    if (data.length === 0 || end > this.limit) return;
    if (end > this.bytes.length) {
      const larger = new Uint8Array(Math.min(this.limit, Math.max(end, 2 * this.bytes.length)));
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes.set(data, offset);
    this.join(offset, end);
  }

  /** Merges adjacent pieces. A packet may have very many of them. */
  private join(start: number, end: number): void {
    const { ranges } = this;
    let first = 0;
    while (first < ranges.length && ranges[first]!.end < start) first++;
    let behind = first;
    while (behind < ranges.length && ranges[behind]!.start <= end) behind++;
    const whole = { start, end };
    if (behind > first) {
      whole.start = Math.min(start, ranges[first]!.start);
      whole.end = Math.max(end, ranges[behind - 1]!.end);
    }
    ranges.splice(first, behind - first, whole);
    // Beyond the limit the last one is discarded, so that there is always room for data that continues the first.
    if (ranges.length > MAX_RANGES) ranges.pop();
  }

  /** Whether data exceeded the limit. */
  get isTooLong(): boolean {
    return this.beyond;
  }

  /** The hello at the beginning, once complete; `none` if it begins with something else. */
  hello(client: boolean): Hello | 'none' | undefined {
    const first = this.ranges[0];
    if (first?.start !== 0 || first.end < 4) return undefined;
    const { bytes } = this;
    if (bytes[0] !== (client ? CLIENT_HELLO : SERVER_HELLO)) return 'none';
    const length = uint24(bytes, 1);
    if (4 + length > this.limit) return 'none';
    if (first.end < 4 + length) return undefined;
    return parseHello(bytes.slice(4, 4 + length), client, () => {}) ?? 'none';
  }
}

/**
 * Parses the frames of an Initial packet (RFC 9000 12.4) and passes their CRYPTO frames to `stream`.
 * @returns false if there is anything else
 */
export function readFrames(frames: Uint8Array, stream: CryptoStream): boolean {
  const numbers = new Numbers(frames, 0, frames.length);
  while (numbers.left > 0) {
    const type = numbers.next();
    if (type === 0 || type === 1) continue;
    if (type === 2 || type === 3) {
      if (!skipAck(numbers, type === 3)) return false;
    } else if (type === 6) {
      if (!readCrypto(numbers, stream)) return false;
    } else if (type === 0x1c || type === 0x1d) return true;
    else return false;
  }
  return true;
}

function readCrypto(numbers: Numbers, stream: CryptoStream): boolean {
  const offset = numbers.next();
  const length = numbers.next();
  if (offset < 0 || length < 0 || length > numbers.left) return false;
  stream.add(offset, numbers.bytes.subarray(numbers.at, numbers.at + length));
  numbers.at += length;
  return true;
}

/** @param counts whether the frame contains ECN counts */
function skipAck(numbers: Numbers, counts: boolean): boolean {
  numbers.next();
  numbers.next();
  const ranges = numbers.next();
  if (ranges < 0 || ranges > numbers.left) return false;
  for (let left = 1 + 2 * ranges + (counts ? 3 : 0); left > 0; left--) {
    if (numbers.next() < 0) return false;
  }
  return true;
}
