/** `"tunnel":{…}`: the outer packet of the record's packet. */
import * as Packet from '../../engine/packet.js';
import { packetSource } from '../../engine/record/packet-source.js';
import type { Subject } from '../../engine/record/subject.js';
import { type Header, sourceBytes } from './header.js';
import { type JsonBytes, key } from './json-bytes.js';

const TUNNEL = key('tunnel');
const DEPTH = key('depth');
const PCAP_COUNT = key('pcap_cnt');
const PACKET_SOURCE = key('pkt_src');

/** Writes nothing when the packet was not in a tunnel. */
export function writeTunnel(json: JsonBytes, subject: Subject, header: Header): void {
  const { row } = subject;
  if (subject.packet < 0 || subject.packetField(Packet.RECURSION) === 0) return;
  const root = outermost(row, subject.packet);
  if (root === subject.packet) return;
  const r = root * Packet.INTS;
  const { others } = header;
  others.fromPacket(subject, r);
  if (others.version === 0) return;
  json.open(TUNNEL);
  header.writeTuple(json, others);
  header.writeProtocol(json, others.protocol);
  json.integer(DEPTH, subject.packetField(Packet.RECURSION));
  const number = Packet.numberOf(row, r);
  if (number > 0) json.integer(PCAP_COUNT, number);
  json.plain(PACKET_SOURCE, sourceBytes(packetSource(subject.row, r)));
  json.close();
}

/** The received packet. */
function outermost(row: Int32Array, slot: number): number {
  let at = slot;
  while (row[at * Packet.INTS + Packet.PSEUDO] !== Packet.PSEUDO_NONE) {
    const root = row[at * Packet.INTS + Packet.ROOT]!;
    if (root < 0) break;
    at = root;
  }
  return at;
}
