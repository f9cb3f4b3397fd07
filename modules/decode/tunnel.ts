/**
 * Inner packets of tunnels: pseudo packets over the bytes of the outer one, which is kept until they are done.
 */
import * as Packet from '../../engine/packet.js';
import * as Count from './counters.js';
import type { Decoding } from './decoding.js';
import { releaseCreated, takeSlot } from './slots.js';

type InnerDecoder = (d: Decoding, p: number, at: number, end: number) => boolean;

/**
 * Creates an inner packet from `bytes[at, end)` and decodes it. Without a valid inner header none is created.
 *
 * @param kind TUNNEL_ constant  @param linkType LINKTYPE_ of the inner bytes
 * @returns true when there is an inner packet; the payload of the outer one is then inspected through it
 */
export function decodeInner(
  d: Decoding,
  outer: number,
  kind: number,
  linkType: number,
  decode: InnerDecoder,
  at: number,
  end: number,
): boolean {
  const slot = takeSlot(d);
  if (slot < 0) {
    d.counts[Count.TUNNEL_NO_SLOT]!++;
    return false;
  }
  const p = slot * Packet.INTS;
  fillRow(d.row, outer, p, kind, linkType, at, end);
  const { layers, createdCount } = d;
  d.created[d.createdCount++] = slot;
  const valid = decode(d, p, at, end);
  d.layers = layers;
  if (!valid) {
    releaseCreated(d, createdCount);
    return false;
  }
  referenceOuter(d.row, outer);
  d.row[outer + Packet.FLAGS]! |= Packet.FLAG_NO_PAYLOAD_INSPECTION;
  return true;
}

function fillRow(
  row: Int32Array,
  outer: number,
  p: number,
  kind: number,
  linkType: number,
  at: number,
  end: number,
): void {
  row[p + Packet.DATA] = at;
  row[p + Packet.LENGTH] = end - at;
  row[p + Packet.WIRE_LENGTH] = end - at;
  row[p + Packet.LINK_TYPE] = linkType;
  row[p + Packet.PSEUDO] = Packet.PSEUDO_TUNNEL;
  row[p + Packet.TUNNEL_KIND] = kind;
  row[p + Packet.FLAGS] = Packet.FLAG_TUNNEL | (row[outer + Packet.FLAGS]! & Packet.CHECKSUM_FLAGS);
  row[p + Packet.RECURSION] = row[outer + Packet.RECURSION]! + 1;
  inherit(row, outer, p);
}

/** Fields that a derived packet inherits: time, number, source. */
export function inherit(row: Int32Array, root: number, p: number): void {
  row[p + Packet.ROOT] = root / Packet.INTS;
  row[p + Packet.SECONDS] = row[root + Packet.SECONDS]!;
  row[p + Packet.NANOSECONDS] = row[root + Packet.NANOSECONDS]!;
  row[p + Packet.NUMBER] = row[root + Packet.NUMBER]!;
  row[p + Packet.SOURCE] = row[root + Packet.SOURCE]!;
  row[p + Packet.OWNER] = row[root + Packet.OWNER]!;
  row[p + Packet.QUEUE_ID] = row[root + Packet.QUEUE_ID]!;
  row[p + Packet.MARK] = row[root + Packet.MARK]!;
}

/** The packet `root` is kept, and its verdict deferred, until the one derived from it is done. */
export function referenceOuter(row: Int32Array, root: number): void {
  row[root + Packet.REFERENCES]!++;
  row[root + Packet.PENDING_VERDICTS]!++;
}
