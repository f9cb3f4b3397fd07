/** A range of a stream (or of a datagram) marked by a parser: a request, a record, its header. */
import { GrowingBytes } from '../application/growing-bytes.js';
import type { Protocol, Transaction } from '../protocol.js';

/** Bytes missing within a frame, after the first `at` available bytes. */
export interface FrameGap {
  readonly at: number;
  missing: number;
}

/** Detection treats a frame as a transaction; it is complete when its last byte has arrived. */
export class Frame implements Transaction {
  progressToServer = 0;
  progressToClient = 0;
  readonly events: number[] = [];
  detection?: unknown;
  logged = false;
  /** Its available bytes, up to the limit of frames. */
  readonly bytes = new GrowingBytes();
  readonly gaps: FrameGap[] = [];
  /** Length received, including bytes that are missing or were not kept. */
  received = 0;

  /**
   * @param type name within its protocol
   * @param number in its direction, from 1
   * @param offset of its first byte in the stream
   * @param length in bytes, -1 while unknown
   * @param transaction that it belongs to, if any
   */
  constructor(
    readonly protocol: Protocol,
    readonly type: string,
    readonly number: number,
    readonly toServer: boolean,
    readonly offset: number,
    public length: number,
    readonly transaction: Transaction | undefined,
    readonly datagram: boolean,
  ) {}

  /** Number of the transaction; -1 without one. */
  get id(): number {
    return this.transaction?.id ?? -1;
  }

  /** All of it was received. */
  get isComplete(): boolean {
    return this.length >= 0 && this.received >= this.length;
  }

  /** No more of it will arrive. */
  get closed(): boolean {
    return this.progressToServer > 0;
  }

  close(): void {
    this.progressToServer = 1;
    this.progressToClient = 1;
  }

  /** Sets its end: the position of the first byte after it. */
  endAt(position: number): void {
    if (this.length < 0) this.length = Math.max(0, position - this.offset);
  }
}
