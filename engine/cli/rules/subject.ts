/** What a signature was evaluated on, in readable form: a packet and its endpoints, or a transaction. */
import type { PacketFacts } from '../../../modules/detect/packet-facts.js';
import type { Inspection } from '../../../signatures/inspection.js';
import { addressText } from '../../address.js';
import type { Memory } from '../../memory.js';
import { IP_PROTOCOL_NAMES } from '../../packet/ip-protocol-names.js';
import * as Packet from '../../packet.js';

export interface Subject {
  /** Packet number in the capture; 0 for data flushed at the end of a flow, without a packet. */
  readonly packet: number;
  readonly proto: string;
  readonly src: string;
  readonly sport: number;
  readonly dst: string;
  readonly dport: number;
  /** undefined without a flow. */
  readonly direction: 'to_server' | 'to_client' | undefined;
  /** Number of the transaction in its flow. */
  readonly transaction?: number;
}

/** Describes what `facts` were loaded with. */
export function subjectOf(facts: PacketFacts, memory: Memory, at?: Pick<Inspection, 'transaction'>): Subject {
  const { addresses, version } = facts;
  const bytes = new Uint8Array(addresses.buffer, addresses.byteOffset, addresses.byteLength);
  const address = (offset: number): string => (version === 0 ? '' : addressText(bytes, offset, version));
  const protocol = memory.row[facts.p + Packet.PROTOCOL]!;
  return {
    packet: Packet.numberOf(memory.row, facts.p),
    proto: version === 0 ? 'not IP' : (IP_PROTOCOL_NAMES[protocol] ?? String(protocol)),
    src: address(facts.source),
    sport: facts.sourcePort,
    dst: address(facts.destination),
    dport: facts.destinationPort,
    direction: facts.flow < 0 ? undefined : facts.toServer ? 'to_server' : 'to_client',
    ...(at?.transaction && { transaction: at.transaction.id }),
  };
}

/** `packet 4, TCP 10.0.0.1:40000 -> 10.0.0.2:80, to server, transaction 0` */
export function subjectText({
  packet,
  proto,
  src,
  sport,
  dst,
  dport,
  direction,
  transaction,
}: Subject): string {
  const ports = proto === 'TCP' || proto === 'UDP' || proto === 'SCTP';
  const end = (address: string, port: number): string => {
    const host = address.includes(':') && ports ? `[${address}]` : address;
    return ports ? `${host}:${port}` : host;
  };
  const parts = [
    packet > 0 ? `packet ${packet}` : 'at the end',
    `${proto} ${end(src, sport)} -> ${end(dst, dport)}`,
  ];
  if (direction) parts.push(direction.replace('_', ' '));
  if (transaction !== undefined) parts.push(`transaction ${transaction}`);
  return parts.join(', ');
}
