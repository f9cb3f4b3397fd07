/** Addresses, ports and protocol of a record, seen in one of three directions. */
import * as FlowRecord from '../flow/flow-record.js';
import * as Packet from '../packet.js';
import type { Subject } from './subject.js';

/**
 * Direction of the packet; client to server; server to client; or as given by the event (`FLOW_STATE` of its own row).
 */
export type Direction = 'packet' | 'flow' | 'reverse' | 'event';

export class Endpoints {
  /** 4, 6, or 0 without addresses. */
  version = 0;
  protocol = -1;
  /** The bytes that contain the addresses. */
  bytes: Uint8Array = new Uint8Array(0);
  source = 0;
  destination = 0;
  /** Ports, or ICMP type and code. */
  sourcePort = 0;
  destinationPort = 0;

  load(subject: Subject, direction: Direction): void {
    if (subject.onWire) this.fromPacket(subject, subject.p);
    else if (subject.flow >= 0) this.fromFlow(subject);
    else this.version = 0;
    if (this.version === 0 && subject.flow < 0) this.protocol = -1;
    const seen = subject.onWire ? subject.toServer : true;
    if (seen !== wanted(subject, direction)) this.swap();
  }

  /** Takes the endpoints of the packet whose row is at `p`: the outer packet of a tunnel. */
  fromPacket(subject: Subject, p: number): void {
    const { row } = subject;
    const header = row[p + Packet.L3]!;
    this.version = row[p + Packet.IP_VERSION]!;
    this.protocol = row[p + Packet.PROTOCOL]!;
    this.bytes = subject.memory.bytes;
    this.source = header + (this.version === 4 ? 12 : 8);
    this.destination = header + (this.version === 4 ? 16 : 24);
    this.sourcePort = row[p + Packet.SOURCE_PORT]!;
    this.destinationPort = row[p + Packet.DESTINATION_PORT]!;
  }

  private fromFlow(subject: Subject): void {
    const { flows, f } = subject;
    this.version = flows[f + FlowRecord.IP_VERSION]!;
    this.protocol = flows[f + FlowRecord.PROTOCOL]!;
    this.bytes = subject.rows.bytes;
    this.source = (f + FlowRecord.CLIENT_ADDRESS) * 4;
    this.destination = (f + FlowRecord.SERVER_ADDRESS) * 4;
    this.sourcePort = flows[f + FlowRecord.CLIENT_PORT]!;
    this.destinationPort = flows[f + FlowRecord.SERVER_PORT]!;
  }

  /** Swaps source and destination. ICMP type and code stay. */
  swap(): void {
    const { source, sourcePort } = this;
    this.source = this.destination;
    this.destination = source;
    if (this.protocol === 1 || this.protocol === 58) return;
    this.sourcePort = this.destinationPort;
    this.destinationPort = sourcePort;
  }
}

/** Whether the record goes from client to server. */
function wanted(subject: Subject, direction: Direction): boolean {
  if (direction === 'flow') return true;
  if (direction === 'reverse') return false;
  if (direction === 'packet') return subject.toServer;
  return subject.eventToServer;
}
