/**
 * The queues a thread reads: one ring from each thread that passes packets to it. If the profile says `ordered`,
 * packets of several producers are taken in the order of their tickets (their number in the capture).
 */
import type { Batch } from '../batch.js';
import type { Memory } from '../memory.js';
import * as Packet from '../packet.js';
import type { Doorbell } from '../queue/doorbell.js';
import type { Ring } from '../queue/ring.js';

export interface Inlet {
  readonly ring: Ring;
  /** The producer of the ring: woken when there is room again. */
  readonly producer: Doorbell;
}

export class Inlets {
  private readonly row: Int32Array;
  private nextInlet = 0;
  private lastTicket = 0;

  constructor(
    memory: Memory,
    private readonly inlets: readonly Inlet[],
    private readonly ordered: boolean,
  ) {
    this.row = memory.row;
  }

  /** True if every producer has closed and everything was read. */
  finished(): boolean {
    return this.inlets.every(({ ring }) => ring.closed() && ring.readable() === 0);
  }

  /** True if a packet can be taken, or all producers are done. */
  ready(): boolean {
    return this.inlets.some(({ ring }) => ring.readable() > 0) || this.finished();
  }

  /** Takes up to `limit` packets into the batch. */
  receive(batch: Batch, limit: number): void {
    if (this.ordered && this.inlets.length > 1) this.receiveInOrder(batch, limit);
    else this.receiveRoundRobin(batch, limit);
    for (const { ring, producer } of this.inlets) {
      ring.release();
      producer.ring();
    }
  }

  /**
   * Ticket up to which everything has been received: what this thread may promise to its own consumers once it has
   * passed on the packets taken.
   */
  watermark(): number {
    let lowest: number | undefined;
    for (const { ring } of this.inlets) {
      // The watermark is read first: everything it covers is in the ring by then.
      const promised = ring.watermark();
      const isClosed = ring.closed();
      const isEmpty = ring.readable() === 0;
      if (isClosed && isEmpty) continue;
      const ticket = isEmpty ? promised : this.lastTicket;
      if (lowest === undefined || isBefore(ticket, lowest)) lowest = ticket;
    }
    return lowest ?? this.lastTicket;
  }

  private receiveRoundRobin(batch: Batch, limit: number): void {
    const count = this.inlets.length;
    for (let i = 0; i < count && batch.length < limit; i++) {
      const { ring } = this.inlets[(this.nextInlet + i) % count]!;
      const readable = Math.min(ring.readable(), limit - batch.length);
      for (let k = 0; k < readable; k++) batch.push(ring.take());
    }
    this.nextInlet = (this.nextInlet + 1) % count;
    if (batch.length > 0) this.lastTicket = this.ticket(batch.slots[batch.length - 1]!);
  }

  private receiveInOrder(batch: Batch, limit: number): void {
    while (batch.length < limit) {
      const next = this.nextInOrder();
      if (!next) return;
      const slot = next.take();
      this.lastTicket = this.ticket(slot);
      batch.push(slot);
    }
  }

  /** The ring with the lowest ticket, unless a lower one may still arrive through an empty ring. */
  private nextInOrder(): Ring | undefined {
    let best: Ring | undefined;
    let lowest = 0;
    let promised: number | undefined;
    for (const { ring } of this.inlets) {
      const promise = ring.watermark();
      const isClosed = ring.closed();
      if (ring.readable() > 0) {
        const ticket = this.ticket(ring.peek());
        if (best && !isBefore(ticket, lowest)) continue;
        lowest = ticket;
        best = ring;
      } else if (!isClosed && (promised === undefined || isBefore(promise, promised))) promised = promise;
    }
    return promised === undefined || !isBefore(promised, lowest) ? best : undefined;
  }

  private ticket(slot: number): number {
    return this.row[slot * Packet.INTS + Packet.NUMBER]!;
  }
}

/** Tickets wrap around after 2^32 packets: serial number arithmetic (RFC 1982). */
function isBefore(ticket: number, other: number): boolean {
  return ((ticket - other) | 0) < 0;
}
