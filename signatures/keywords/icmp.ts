/** Keywords of ICMP, ICMPv6 and IGMP: itype, icode, icmp_id, icmp_seq, icmpv6.mtu, igmp.type. */
import * as Packet from '../../engine/packet.js';
import type { Inspection } from '../inspection.js';
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import { type PacketInteger, packetIntegerCompiler, packetIntegerKeyword } from './packet-integers.js';

const ICMP = 1;
const IGMP = 2;
const ICMPV6 = 58;
const PACKET_TOO_BIG = 2;
/** Message types with an identifier and a sequence number. */
const ECHOES_V4 = new Set([0, 8, 13, 14, 15, 16, 17, 18]);
const ECHOES_V6 = new Set([128, 129]);

function icmp(at: Inspection): number {
  const { row } = at.memory;
  const protocol = row[at.p + Packet.PROTOCOL]!;
  return protocol === ICMP || protocol === ICMPV6 ? row[at.p + Packet.L4]! : 0;
}

/** Offset of the ICMP header, for messages with identifier and sequence number. */
function echo(at: Inspection): number {
  const header = icmp(at);
  if (header === 0) return 0;
  const type = at.memory.bytes[header]!;
  const kinds = at.memory.row[at.p + Packet.PROTOCOL] === ICMP ? ECHOES_V4 : ECHOES_V6;
  return kinds.has(type) ? header : 0;
}

/** A field of 8, 16 or 32 bits in the header found. */
function field(
  find: (at: Inspection) => number,
  offset: number,
  bits: 8 | 16 | 32,
): (at: Inspection) => number {
  return at => {
    const header = find(at);
    if (header === 0) return Number.NaN;
    if (bits === 8) return at.memory.bytes[header + offset]!;
    return bits === 16
      ? at.memory.view.getUint16(header + offset)
      : at.memory.view.getUint32(header + offset);
  };
}

function tooBig(at: Inspection): number {
  const header = at.memory.row[at.p + Packet.PROTOCOL] === ICMPV6 ? at.memory.row[at.p + Packet.L4]! : 0;
  return header !== 0 && at.memory.bytes[header] === PACKET_TOO_BIG ? header : 0;
}

function igmp(at: Inspection): number {
  const { row } = at.memory;
  return row[at.p + Packet.PROTOCOL] === IGMP ? row[at.p + Packet.L4]! : 0;
}

const INTEGERS: readonly PacketInteger[] = [
  { name: 'itype', summary: 'Type of the ICMP message.', bits: 8, value: field(icmp, 0, 8) },
  { name: 'icode', summary: 'Code of the ICMP message.', bits: 8, value: field(icmp, 1, 8) },
  { name: 'icmp_id', summary: 'Identifier of the ICMP message.', bits: 16, value: field(echo, 4, 16) },
  { name: 'icmp_seq', summary: 'Sequence number of the ICMP message.', bits: 16, value: field(echo, 6, 16) },
  {
    name: 'icmpv6.mtu',
    summary: 'MTU of an ICMPv6 Packet Too Big message.',
    bits: 32,
    value: field(tooBig, 4, 32),
  },
  { name: 'igmp.type', summary: 'Type of the IGMP message.', bits: 8, value: field(igmp, 0, 8) },
];

export const icmpKeywords: readonly Keyword[] = INTEGERS.map(packetIntegerKeyword);
export const icmpCompilers: readonly MatchCompiler[] = INTEGERS.map(packetIntegerCompiler);
