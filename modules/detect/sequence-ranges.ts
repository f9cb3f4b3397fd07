/**
 * The range of sequence numbers seen in a stream: used by `stream_size`, and for alerts that show a stream. Columns of
 * numbers by flow: every SYN of a scan has an entry here, which takes 16 bytes.
 */
import type { FlowRows } from '../../engine/flow/flow-record.js';
import * as Packet from '../../engine/packet.js';

const SYN = 2;
const ACK = 16;

/** Larger distances than 4 GiB are not reported. */
const MAX_DISTANCE = 2 ** 32 - 1;

export class SequenceRanges {
  /** Initial sequence numbers, by flow and direction, as signed 32-bit numbers. */
  private readonly initials: Int32Array;
  /** One more than the distance of the highest sequence number from the initial one, 0 while none was seen. */
  private readonly distances: Uint32Array;

  constructor({ capacity }: Pick<FlowRows, 'capacity'>) {
    this.initials = new Int32Array(2 * capacity);
    this.distances = new Uint32Array(2 * capacity);
  }

  /** Notes a TCP packet. Of several SYNs, the SYN/ACK shows which one counts. */
  notePacket(row: Int32Array, p: number, flow: number, toServer: boolean): void {
    if ((row[p + Packet.FLAGS]! & Packet.FLAG_BEYOND_SESSION) !== 0) return;
    const flags = row[p + Packet.TCP_FLAGS]!;
    const sequence = row[p + Packet.TCP_SEQ]!;
    const isSyn = (flags & SYN) !== 0;
    if (isSyn && (row[p + Packet.FLOW_STATE]! & Packet.FLOW_ESTABLISHED) === 0) {
      this.begin(flow, toServer, sequence);
      if ((flags & ACK) !== 0) this.confirm(flow, !toServer, row[p + Packet.TCP_ACK]! - 1);
    }
    this.note(flow, toServer, sequence, row[p + Packet.PAYLOAD_LENGTH]!, isSyn);
  }

  /** Numbers seen before a SYN with another number are discarded. */
  private begin(flow: number, toServer: boolean, initial: number): void {
    const at = indexOf(flow, toServer);
    if (this.initials[at] !== (initial | 0)) this.distances[at] = 0;
  }

  /** The SYN that begins here, or the data with it, is acknowledged. */
  private confirm(flow: number, toServer: boolean, initial: number): void {
    const at = indexOf(flow, toServer);
    const ahead = (initial - this.initials[at]!) >>> 0;
    if (ahead < this.distances[at]!) return;
    this.distances[at] = 0;
    this.note(flow, toServer, initial, 0, true);
  }

  /** Notes a packet's sequence number and the number of bytes it covers. */
  note(flow: number, toServer: boolean, sequence: number, length: number, isSyn: boolean): void {
    const at = indexOf(flow, toServer);
    if (this.distances[at] === 0) {
      this.distances[at] = 1;
      this.initials[at] = isSyn ? sequence : sequence - 1;
    }
    const highest = this.initials[at]! + this.distances[at]! - 1;
    // Signed: a distance of half the number space or more means it is earlier.
    const ahead = (sequence + length + (isSyn ? 1 : 0) - highest) | 0;
    if (ahead > 0) this.distances[at] = Math.min(MAX_DISTANCE, this.distances[at]! + ahead);
  }

  /** Initial sequence number as a signed 32-bit number; 0 while nothing was seen. */
  initial(flow: number, toServer: boolean): number {
    return this.initials[indexOf(flow, toServer)]!;
  }

  /**
   * Distance from the initial sequence number, including the SYN, to the highest one seen; 0 while nothing was seen.
   */
  size(flow: number, toServer: boolean): number {
    return Math.max(0, this.distances[indexOf(flow, toServer)]! - 1);
  }

  /** The flow has ended. */
  forget(flow: number): void {
    this.forgetDirection(indexOf(flow, true));
    this.forgetDirection(indexOf(flow, false));
  }

  /** Clears only what was written: pages never written to take no memory. */
  private forgetDirection(at: number): void {
    if (this.distances[at] === 0) return;
    this.distances[at] = 0;
    this.initials[at] = 0;
  }
}

function indexOf(flow: number, toServer: boolean): number {
  return 2 * flow + (toServer ? 0 : 1);
}
