/** TCP (RFC 9293). */

import * as Events from '../../engine/packet/packet-events.js';
import { routedDestinationSum } from '../../engine/packet/routed-destination.js';
import * as Packet from '../../engine/packet.js';
import * as Count from './counters.js';
import type { Decoding } from './decoding.js';
import { checkTcpOptions } from './tcp-options.js';
import { isChecksumRight } from './word-checksum.js';

const HEADER = 20;

export function decodeTcp(d: Decoding, p: number, at: number, end: number): boolean {
  const { bytes, row } = d;
  d.counts[Count.TCP]!++;
  const length = end - at;
  if (length < HEADER) return d.invalid(p, Events.TCP_PKT_TOO_SMALL);
  const headerLength = (bytes[at + 12]! >> 4) * 4;
  if (headerLength > length) return d.invalid(p, Events.TCP_HLEN_TOO_SMALL);
  if (headerLength < HEADER) return d.invalid(p, Events.TCP_INVALID_OPTLEN);
  row[p + Packet.L4] = at;
  row[p + Packet.SOURCE_PORT] = d.u16(at);
  row[p + Packet.DESTINATION_PORT] = d.u16(at + 2);
  row[p + Packet.TCP_SEQ] = d.i32(at + 4);
  row[p + Packet.TCP_ACK] = d.i32(at + 8);
  row[p + Packet.TCP_FLAGS] = bytes[at + 13]!;
  row[p + Packet.TCP_WINDOW] = d.u16(at + 14);
  row[p + Packet.PAYLOAD] = at + headerLength;
  row[p + Packet.PAYLOAD_LENGTH] = length - headerLength;
  if (headerLength > HEADER) checkTcpOptions(d, p, at + HEADER, at + headerLength);
  if (d.checksums && (row[p + Packet.FLAGS]! & Packet.CHECKSUM_FLAGS) === 0) verifyChecksum(d, p, at, length);
  return true;
}

function verifyChecksum(d: Decoding, p: number, at: number, length: number): boolean {
  const l3 = d.row[p + Packet.L3]!;
  const isV4 = d.row[p + Packet.IP_VERSION] === 4;
  const { memory } = d.thread;
  const routed = isV4 ? -1 : routedDestinationSum(d.bytes, l3, at);
  const right =
    routed >= 0
      ? isChecksumRight(memory, l3 + 8, 16, 6, at, length, routed)
      : isChecksumRight(memory, l3 + (isV4 ? 12 : 8), isV4 ? 8 : 32, 6, at, length);
  if (right) return true;
  d.row[p + Packet.FLAGS]! |= Packet.FLAG_BAD_CHECKSUM;
  d.counts[Count.INVALID_TCP_CHECKSUM]!++;
  return true;
}
