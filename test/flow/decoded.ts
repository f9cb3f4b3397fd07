/**
 * Rows as decode writes them, for packets of Ethernet, VLAN tags, IPv4 without options or IPv6 without extension
 * headers, and TCP, UDP or ICMP: so that tests of flows need no other module.
 */
import type { Batch } from '../../engine/batch.js';
import * as Packet from '../../engine/packet.js';
import type { StubThread } from '../thread-stub.js';

export function decodeAll(thread: StubThread, batch: Batch): Batch {
  for (let i = 0; i < batch.length; i++) decode(thread, batch.slots[i]! * Packet.INTS);
  return batch;
}

function decode(thread: StubThread, p: number): void {
  const { row, view } = thread.memory;
  let at = row[p + Packet.DATA]! + 12;
  let type = view.getUint16(at);
  while (type === 0x8100) {
    row[p + Packet.VLAN_ID_0 + row[p + Packet.VLAN_COUNT]!++] = view.getUint16(at + 2) & 0xfff;
    at += 4;
    type = view.getUint16(at);
  }
  const l3 = at + 2;
  row[p + Packet.L3] = l3;
  row[p + Packet.IP_VERSION] = type === 0x0800 ? 4 : 6;
  row[p + Packet.PROTOCOL] = view.getUint8(l3 + (type === 0x0800 ? 9 : 6));
  row[p + Packet.L4] = l3 + (type === 0x0800 ? 20 : 40);
  const end = l3 + (type === 0x0800 ? view.getUint16(l3 + 2) : 40 + view.getUint16(l3 + 4));
  decodeTransport(thread, p, row[p + Packet.L4]!, end);
  row[p + Packet.FLOW_HASH] = hash(thread, p);
}

function decodeTransport(thread: StubThread, p: number, l4: number, end: number): void {
  const { row, view } = thread.memory;
  const protocol = row[p + Packet.PROTOCOL];
  const icmp = protocol === 1 || protocol === 58;
  row[p + Packet.SOURCE_PORT] = icmp ? view.getUint8(l4) : view.getUint16(l4);
  row[p + Packet.DESTINATION_PORT] = icmp ? view.getUint8(l4 + 1) : view.getUint16(l4 + 2);
  let header = 8;
  if (protocol === 6) {
    row[p + Packet.TCP_SEQ] = view.getInt32(l4 + 4);
    row[p + Packet.TCP_ACK] = view.getInt32(l4 + 8);
    header = (view.getUint8(l4 + 12) >> 4) * 4;
    row[p + Packet.TCP_FLAGS] = view.getUint8(l4 + 13);
    row[p + Packet.TCP_WINDOW] = view.getUint16(l4 + 14);
  }
  row[p + Packet.PAYLOAD] = l4 + header;
  row[p + Packet.PAYLOAD_LENGTH] = end - l4 - header;
}

/** Symmetric over addresses; errors of ICMPv4 hash as what they quote. */
function hash(thread: StubThread, p: number): number {
  const { row, view } = thread.memory;
  const wide = row[p + Packet.IP_VERSION] === 6;
  const error = row[p + Packet.PROTOCOL] === 1 && [3, 11].includes(row[p + Packet.SOURCE_PORT]!);
  let at = row[p + Packet.L3]! + (wide ? 8 : 12);
  if (error) at = row[p + Packet.L4]! + 8 + 12;
  let sum = 0;
  for (let i = 0; i < (wide ? 32 : 8); i += 4) sum = (sum + view.getInt32(at + i)) | 0;
  return sum;
}
