/**
 * The subject of a record: an event, the packet it was created for, and its flow. One object, loaded for each event.
 */

import { attachedMembers } from '../event.js';
import type { FlowRows } from '../flow/flow-record.js';
import * as FlowRecord from '../flow/flow-record.js';
import type { Memory } from '../memory.js';
import * as Packet from '../packet.js';

export class Subject {
  /** Slot of the event, and the index of its row. */
  slot = 0;
  e = 0;
  /** Slot of the packet, -1 if the event refers to a flow only; and the index of its row (the event's own then). */
  packet = -1;
  p = 0;
  /** Row number of the flow, or -1, and the index of the row. */
  flow = -1;
  f = 0;
  /** Direction of the packet in its flow. */
  toServer = true;
  /** Direction of the data that the event is about: that of the packet unless its producer set another. */
  eventToServer = true;
  /** The packet has bytes: it came from the wire, from a tunnel, or was reassembled from fragments. */
  onWire = false;

  readonly row: Int32Array;
  readonly flows: Int32Array;

  constructor(
    readonly memory: Memory,
    readonly rows: FlowRows,
  ) {
    this.row = memory.row;
    this.flows = rows.row;
  }

  /** Loads a packet itself, without an event. */
  loadPacket(slot: number): void {
    this.load(slot);
    this.packet = slot;
  }

  load(slot: number): void {
    const { row } = this;
    this.slot = slot;
    this.e = slot * Packet.INTS;
    this.packet = row[this.e + Packet.ROOT]!;
    this.p = this.packet >= 0 ? this.packet * Packet.INTS : this.e;
    this.flow = row[this.e + Packet.FLOW]!;
    this.f = this.flow * FlowRecord.INTS;
    this.toServer = this.flow < 0 || (row[this.p + Packet.FLOW_STATE]! & Packet.FLOW_TO_SERVER) !== 0;
    this.eventToServer = this.flow < 0 || (row[this.e + Packet.FLOW_STATE]! & Packet.FLOW_TO_SERVER) !== 0;
    const pseudo = row[this.p + Packet.PSEUDO]!;
    this.onWire = pseudo <= Packet.PSEUDO_REASSEMBLED && row[this.p + Packet.IP_VERSION] !== 0;
  }

  /** A field of the event's own row. */
  field(field: number): number {
    return this.row[this.e + field]!;
  }

  /** A field of the packet's row. */
  packetField(field: number): number {
    return this.row[this.p + field]!;
  }

  /** A field of the flow's record. */
  flowField(field: number): number {
    return this.flows[this.f + field]!;
  }

  /** The members written by the event's producer, as text. */
  payloadText(): string {
    return attachedMembers(this.memory, this.slot);
  }
}
