/** A stretch of a stream (or of a datagram) that a parser names: a request, a record, its header. */
import { GrowingBytes } from '../application/growing-bytes.js';
import type { Protocol, Transaction } from '../protocol.js';

/** Bytes that are missing within a frame, behind the first `at` bytes that are there. */
export interface FrameGap {
  readonly at: number;
  missing: number;
}

/** A frame goes the way of transactions through detection; it is complete when its last byte has come. */
export class Frame implements Transaction {
  progressToServer = 0;
  progressToClient = 0;
  readonly events: number[] = [];
  detection?: unknown;
  logged = false;
  /** What is there of it, as far as frames are kept. */
  readonly bytes = new GrowingBytes();
  readonly gaps: FrameGap[] = [];
  /** How far it has come, with bytes that are missing or were not kept. */
  received = 0;

  /**
   * @param type name within its protocol
   * @param number in its direction, from 1
   * @param offset of its first byte in the stream
   * @param length in bytes, -1 while it is not known
   * @param transaction that it is a part of, where there is one
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

  /** All of it has come. */
  get whole(): boolean {
    return this.length >= 0 && this.received >= this.length;
  }

  /** Nothing more of it will come. */
  get closed(): boolean {
    return this.progressToServer > 0;
  }

  close(): void {
    this.progressToServer = 1;
    this.progressToClient = 1;
  }

  /** Its end became known: the position of the first byte behind it. */
  endAt(position: number): void {
    if (this.length < 0) this.length = Math.max(0, position - this.offset);
  }
}
