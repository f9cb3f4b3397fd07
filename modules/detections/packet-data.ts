/** The readable data of a packet: bytes of its stream, or its own payload if it is a datagram. */
import * as Packet from '../../engine/packet.js';
import type { Delivery } from './routines.js';

const UDP = 17;
const ENDS = Packet.STREAM_END | Packet.STREAM_RESET | Packet.STREAM_DEPTH;

export class PacketData {
  /** Filled by `load`. */
  readonly delivery: Delivery = {
    ...{ toServer: true, start: 0, end: 0, missing: 0, ends: false, reset: false },
  };

  constructor(private readonly row: Int32Array) {}

  /** Whether there may be something to read. @param p index of the packet's row */
  mayHaveData(p: number): boolean {
    const { row } = this;
    return (
      row[p + Packet.STREAM_LENGTH]! > 0 ||
      row[p + Packet.STREAM_GAP]! > 0 ||
      (row[p + Packet.STREAM_FLAGS]! & ENDS) !== 0 ||
      row[p + Packet.PROTOCOL] === UDP
    );
  }

  /** @returns false when the packet has nothing to read */
  load(p: number, pseudo: number): boolean {
    const { row, delivery } = this;
    const isDatagram = row[p + Packet.PROTOCOL] === UDP;
    if (isDatagram && pseudo > Packet.PSEUDO_REASSEMBLED) return false;
    const flags = row[p + Packet.STREAM_FLAGS]!;
    const start = row[p + (isDatagram ? Packet.PAYLOAD : Packet.STREAM_DATA)]!;
    const length = row[p + (isDatagram ? Packet.PAYLOAD_LENGTH : Packet.STREAM_LENGTH)]!;
    delivery.toServer = isDatagram
      ? (row[p + Packet.FLOW_STATE]! & Packet.FLOW_TO_SERVER) !== 0
      : (flags & Packet.STREAM_TO_SERVER) !== 0;
    delivery.start = start;
    delivery.end = start + length;
    delivery.missing = isDatagram ? 0 : row[p + Packet.STREAM_GAP]!;
    delivery.ends = !isDatagram && (flags & ENDS) !== 0;
    delivery.reset = (flags & Packet.STREAM_RESET) !== 0;
    return length > 0 || delivery.missing > 0 || delivery.ends;
  }
}
