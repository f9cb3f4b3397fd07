/**
 * The current TCP segment: the fields needed to track one packet, read once. There is one such object per thread.
 */
import type { FlowRows } from '../../../engine/flow/flow-record.js';
import type { Memory } from '../../../engine/memory.js';
import * as Packet from '../../../engine/packet.js';
import { readOptions, type TcpOptions } from './tcp-options.js';

export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const ACK = 16;
export const URG = 32;

/** The largest window in bytes without scaling (RFC 9293 section 3.1). */
export const MAX_WINDOW = 65535;

export class Segment implements TcpOptions {
  slot = 0;
  /** Index of the packet's row, of its flow, and its index in the batch. */
  p = 0;
  flow = 0;
  index = 0;
  toServer = false;
  seq = 0;
  ack = 0;
  /** The flag byte. */
  flags = 0;
  /** Window as on the wire. */
  window = 0;
  /** Payload: offset in memory, and length in bytes. */
  payload = 0;
  length = 0;
  seconds = 0;
  /** Index of the session's record, and of its parts for the sender's direction and the opposite one. */
  session = 0;
  own = 0;
  other = 0;

  hasTimestamp = false;
  timestamp = 0;
  echo = 0;
  scale = -1;
  sackPermitted = false;
  sackEdge = 0;
  hasSack = false;
  fastOpen = false;
  signature = false;
  optionsRead = false;

  constructor(
    private readonly memory: Memory,
    readonly flows: FlowRows,
  ) {}

  /** Reads the packet's row. Options are read on demand: see `options`. */
  read(slot: number, index: number): void {
    const { row } = this.memory;
    const p = slot * Packet.INTS;
    this.slot = slot;
    this.index = index;
    this.p = p;
    this.flow = row[p + Packet.FLOW]!;
    this.toServer = (row[p + Packet.FLOW_STATE]! & Packet.FLOW_TO_SERVER) !== 0;
    this.seq = row[p + Packet.TCP_SEQ]! | 0;
    this.ack = row[p + Packet.TCP_ACK]! | 0;
    this.flags = row[p + Packet.TCP_FLAGS]! & 255;
    this.window = row[p + Packet.TCP_WINDOW]!;
    this.payload = row[p + Packet.PAYLOAD]!;
    this.length = row[p + Packet.PAYLOAD_LENGTH]!;
    this.seconds = Packet.secondsOf(row, p);
    this.optionsRead = false;
  }

  /** Reads the options, once. @returns itself */
  options(): this {
    if (!this.optionsRead) readOptions(this.memory, this.memory.row[this.p + Packet.L4]!, this.payload, this);
    this.optionsRead = true;
    return this;
  }

  /** Sequence number after the payload; SYN and FIN are not counted. */
  get end(): number {
    return (this.seq + this.length) | 0;
  }

  has(flag: number): boolean {
    return (this.flags & flag) !== 0;
  }
}
