/** Recognition of TLS by the first bytes of a direction. */
import type { ProbeResult } from '../../../engine/protocol.js';
import { isSsl2Hello } from './ssl2.js';

/** A record header of a handshake with a hello in it, or an SSL 2.0 hello. */
export function probe(bytes: Uint8Array, start: number, end: number, toServer: boolean): ProbeResult {
  if (end - start < 3) return 'more';
  const first = bytes.subarray(start, start + 3);
  if (toServer && isSsl2Hello(first))
    return end - start < 5 ? 'more' : bytes[start + 3] === 3 || bytes[start + 4] === 2 ? 'yes' : 'no';
  const known = first[0]! >= 20 && first[0]! <= 24 && first[1] === 3 && first[2]! <= 4;
  return known ? 'yes' : 'no';
}

/** Record headers at the start of a handshake, on any port. */
export const PATTERNS = [true, false].flatMap(toServer =>
  ['\x00', '\x01', '\x02', '\x03', '\x04'].map(minor => ({ toServer, bytes: `\x16\x03${minor}` })),
);
