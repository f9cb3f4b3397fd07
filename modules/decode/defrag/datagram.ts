/** A complete datagram as a packet: the headers before the first fragment, with corrected lengths, and its bytes. */
import { checksum } from '../../../engine/packet/checksum.js';
import * as Packet from '../../../engine/packet.js';
import type { Decoding } from '../decoding.js';
import { decodeIpv4 } from '../ipv4.js';
import { decodeIpv6 } from '../ipv6.js';
import { releaseCreated, takeBytes, takeSlot } from '../slots.js';
import { inherit, referenceOuter } from '../tunnel.js';
import type { Tracker } from './tracker.js';

const IPV6_HEADER = 40;

/**
 * Creates the packet of a datagram with `length` bytes after `header`; the caller writes these bytes at its
 * DATA + `tracker.headerLength`.
 *
 * @param root row of the completing fragment
 * @returns its slot, -1 when the pool has no room
 */
export function makeDatagram(
  d: Decoding,
  root: number,
  tracker: Tracker,
  header: Uint8Array,
  length: number,
): number {
  const slot = takeSlot(d);
  if (slot < 0) return -1;
  const data = takeBytes(d, slot, header.length + length);
  if (data < 0) {
    d.thread.pool.release(slot);
    return -1;
  }
  d.bytes.set(header, data);
  const p = slot * Packet.INTS;
  fillRow(d.row, root, p, data, tracker, length);
  if (tracker.version === 4) correctIpv4(d, data, tracker, length);
  else correctIpv6(d, data, tracker, length);
  return slot;
}

function fillRow(
  row: Int32Array,
  root: number,
  p: number,
  data: number,
  tracker: Tracker,
  length: number,
): void {
  row[p + Packet.DATA] = data;
  row[p + Packet.LENGTH] = tracker.headerLength + length;
  row[p + Packet.WIRE_LENGTH] = tracker.headerLength + length;
  row[p + Packet.LINK_TYPE] = tracker.linkType;
  row[p + Packet.L2] = tracker.ethernet < 0 ? 0 : data + tracker.ethernet;
  row[p + Packet.L3] = data + tracker.network;
  row[p + Packet.PSEUDO] = Packet.PSEUDO_REASSEMBLED;
  row[p + Packet.FLAGS] =
    Packet.FLAG_REASSEMBLED | (row[root + Packet.FLAGS]! & (Packet.FLAG_TUNNEL | Packet.CHECKSUM_FLAGS));
  for (const field of [
    Packet.RECURSION,
    Packet.VLAN_COUNT,
    Packet.VLAN_ID_0,
    Packet.VLAN_ID_1,
    Packet.VLAN_ID_2,
  ]) {
    row[p + field] = row[root + field]!;
  }
  inherit(row, root, p);
}

/** Total length, no fragment bits, checksum. */
function correctIpv4(d: Decoding, data: number, tracker: Tracker, length: number): void {
  const at = data + tracker.network;
  const headerLength = tracker.headerLength - tracker.network;
  write16(d.bytes, at + 2, headerLength + length);
  write16(d.bytes, at + 6, 0);
  write16(d.bytes, at + 10, 0);
  write16(d.bytes, at + 10, checksum(d.bytes, at, headerLength));
}

/** Payload length; the byte that named the fragment header now names the header after it. */
function correctIpv6(d: Decoding, data: number, tracker: Tracker, length: number): void {
  const at = data + tracker.network;
  write16(d.bytes, at + 4, tracker.headerLength - tracker.network - IPV6_HEADER + length);
  d.bytes[data + tracker.namedAt] = tracker.headerProtocol;
}

function write16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

/** Decodes it from its IP layer on, and adds it after the completing fragment. */
export function decodeDatagram(d: Decoding, root: number, slot: number): void {
  const p = slot * Packet.INTS;
  const { row } = d;
  const at = row[p + Packet.L3]!;
  const end = row[p + Packet.DATA]! + row[p + Packet.LENGTH]!;
  const { layers, createdCount } = d;
  d.created[d.createdCount++] = slot;
  const valid = d.bytes[at]! >> 4 === 4 ? decodeIpv4(d, p, at, end) : decodeIpv6(d, p, at, end);
  d.layers = layers;
  if (valid) referenceOuter(row, root);
  else releaseCreated(d, createdCount);
}
