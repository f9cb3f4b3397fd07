/** `drop`: a packet was dropped. */
import * as Packet from '../../engine/packet.js';
import type { Subject } from '../../engine/record/subject.js';
import { REASON_NAMES } from '../../engine/verdict.js';
import { writeSignature } from './alert.js';
import type { HeaderKind } from './header.js';
import { type JsonBytes, key } from './json-bytes.js';
import { writeTunnel } from './tunnel.js';
import { writeVerdict } from './verdict.js';
import type { Writer } from './writer.js';

const KIND: HeaderKind = { type: new TextEncoder().encode('drop'), direction: 'packet', packet: true };
const DROP = key('drop');
const LENGTH = key('len');
const TOS = key('tos');
const TTL = key('ttl');
const IP_ID = key('ipid');
const TRAFFIC_CLASS = key('tc');
const HOP_LIMIT = key('hoplimit');
const FLOW_LABEL = key('flowlbl');
const TCP_SEQ = key('tcpseq');
const TCP_ACK = key('tcpack');
const TCP_WINDOW = key('tcpwin');
const TCP_RESERVED = key('tcpres');
const TCP_URGENT = key('tcpurgp');
const UDP_LENGTH = key('udplen');
const ICMP_ID = key('icmp_id');
const ICMP_SEQ = key('icmp_seq');
const REASON = key('reason');
/** Bits of the flag byte, in the order of output. */
const FLAGS = [
  ['syn', 2],
  ['ack', 16],
  ['psh', 8],
  ['rst', 4],
  ['urg', 32],
  ['fin', 1],
] as const;
const FLAG_KEYS = FLAGS.map(([name]) => key(name));

export function writeDrop(writer: Writer, subject: Subject, inline: boolean): void {
  const { json, header, instance, protocols } = writer;
  header.write(json, subject, KIND);
  writeTunnel(json, subject, header);
  protocols.write(json, subject);
  json.open(DROP);
  writeNetwork(json, subject);
  writeTransport(json, subject);
  const reason = REASON_NAMES[subject.packetField(Packet.REASON)] ?? '';
  if (reason !== '') json.text(REASON, reason);
  json.close();
  if (instance.drop.alerts && subject.field(Packet.EVENT_SIGNATURE) >= 0)
    writeSignature(writer, subject, inline);
  if (instance.drop.verdict) writeVerdict(json, subject, false);
  json.close();
}

function writeNetwork(json: JsonBytes, subject: Subject): void {
  const header = subject.packetField(Packet.L3);
  if (!subject.onWire) return;
  const { bytes, view } = subject.memory;
  if (subject.packetField(Packet.IP_VERSION) === 4) {
    json.integer(LENGTH, view.getUint16(header + 2));
    json.integer(TOS, bytes[header + 1]!);
    json.integer(TTL, bytes[header + 8]!);
    json.integer(IP_ID, view.getUint16(header + 4));
    return;
  }
  const first = view.getUint32(header);
  json.integer(LENGTH, view.getUint16(header + 4));
  json.integer(TRAFFIC_CLASS, (first >>> 20) & 255);
  json.integer(HOP_LIMIT, bytes[header + 7]!);
  json.integer(FLOW_LABEL, first & 0xfffff);
}

function writeTransport(json: JsonBytes, subject: Subject): void {
  const header = subject.packetField(Packet.L4);
  if (!subject.onWire || header === 0) return;
  const { view } = subject.memory;
  switch (subject.packetField(Packet.PROTOCOL)) {
    case 6:
      writeTcpHeader(json, subject, header);
      break;
    case 17:
      json.integer(UDP_LENGTH, view.getUint16(header + 4));
      break;
    case 1:
      json.integer(ICMP_ID, view.getUint16(header + 4));
      json.integer(ICMP_SEQ, view.getUint16(header + 6));
      break;
  }
}

function writeTcpHeader(json: JsonBytes, subject: Subject, header: number): void {
  json.integer(TCP_SEQ, subject.packetField(Packet.TCP_SEQ) >>> 0);
  json.integer(TCP_ACK, subject.packetField(Packet.TCP_ACK) >>> 0);
  json.integer(TCP_WINDOW, subject.packetField(Packet.TCP_WINDOW));
  const flags = subject.packetField(Packet.TCP_FLAGS);
  for (let i = 0; i < FLAGS.length; i++) json.boolean(FLAG_KEYS[i]!, (flags & FLAGS[i]![1]) !== 0);
  json.integer(TCP_RESERVED, subject.memory.bytes[header + 12]! & 15);
  json.integer(TCP_URGENT, subject.memory.view.getUint16(header + 18));
}
