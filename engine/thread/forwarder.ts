/**
 * The end of a thread's module list: each packet goes to the consumer chosen by the queue handler, or back to its pool.
 *
 * Reassembled data in this thread's stream buffers is copied into a block that travels with the packet (its *carrier*),
 * so that the next thread needs nothing of this thread's memory.
 */
import type { Batch } from '../batch.js';
import type { Thread } from '../module.js';
import * as Packet from '../packet.js';
import type { Doorbell } from '../queue/doorbell.js';
import { type Chooser, DONE } from '../queue/handler.js';
import type { Ring } from '../queue/ring.js';
import type { Returns } from './returns.js';

export interface Outlet {
  readonly ring: Ring;
  readonly consumer: Doorbell;
  /** Thread number of the consumer, for the ownership check. */
  readonly thread: number;
}

export class Forwarder {
  private readonly row: Int32Array;

  constructor(
    private readonly thread: Thread,
    private readonly outlets: readonly Outlet[],
    private readonly choose: Chooser,
    private readonly returns: Returns,
    /** Called when a ring is full: collects returned packets, then sleeps briefly. */
    private readonly waitForRoom: (outlet: Outlet) => void,
    private readonly changeOwner: (slot: number, thread: number) => void,
    /** Any consumer is allowed: a packet may go to another if a queue is full. */
    private readonly anyConsumer: boolean,
  ) {
    this.row = thread.memory.row;
  }

  /** Whether packets are passed to other threads. */
  get hasConsumers(): boolean {
    return this.outlets.length > 0;
  }

  /** Passes on every packet of the batch and empties it. */
  forward(batch: Batch): void {
    for (let i = 0; i < batch.length; i++) this.forwardPacket(batch.slots[i]!);
    batch.clear();
    this.publish();
  }

  private forwardPacket(slot: number): void {
    const p = slot * Packet.INTS;
    const consumer = this.outlets.length === 0 ? DONE : this.choose(p);
    if (consumer === DONE) {
      this.release(slot);
      return;
    }
    const outlet = this.anyConsumer ? this.outletWithRoom(p, consumer) : this.outlets[consumer]!;
    if (this.row[p + Packet.STREAM_LENGTH]! > 0) this.sendWithStream(slot, p, outlet);
    else this.send(slot, outlet);
  }

  /** The packet is done. */
  release(slot: number): void {
    this.changeOwner(slot, -1);
    this.returns.release(slot);
  }

  /** Waits until the handler chooses a consumer with room: a hanging one must not block the others. */
  private outletWithRoom(p: number, consumer: number): Outlet {
    let outlet = this.outlets[consumer]!;
    while (outlet.ring.freeSlots() === 0 && this.row[p + Packet.PSEUDO] === Packet.PSEUDO_NONE) {
      this.waitForRoom(outlet);
      outlet = this.outlets[this.choose(p)]!;
    }
    return outlet;
  }

  private send(slot: number, outlet: Outlet): void {
    this.changeOwner(slot, outlet.thread);
    while (!outlet.ring.push(slot)) this.waitForRoom(outlet);
  }

  /** Sends a packet whose reassembled data may have to be copied; more than a block needs several packets. */
  private sendWithStream(slot: number, p: number, outlet: Outlet): void {
    const { row } = this;
    const data = row[p + Packet.STREAM_DATA]!;
    const { first, byteLength } = this.thread.streamRange;
    if (data < first || data >= first + byteLength) {
      this.send(slot, outlet);
      return;
    }
    const rest = this.splitOff(p, outlet);
    row[p + Packet.CARRIER] = this.copyToCarrier(p, data, row[p + Packet.STREAM_LENGTH]!, outlet);
    // From here on the packet belongs to the consumer: its row must not be accessed again.
    this.send(slot, outlet);
    if (rest >= 0) this.sendWithStream(rest, rest * Packet.INTS, outlet);
  }

  /** Splits off what exceeds a block from the packet's data. @returns a pseudo packet with the rest, or -1 */
  private splitOff(p: number, outlet: Outlet): number {
    const { row } = this;
    const length = row[p + Packet.STREAM_LENGTH]!;
    const fits = this.thread.pool.range.blockSize;
    if (length <= fits) return -1;
    const slot = this.waitForSlot(outlet);
    const q = slot * Packet.INTS;
    Packet.copyOrigin(row, p, q);
    Packet.copyFlowCounts(row, p, q);
    row[q + Packet.PSEUDO] = Packet.PSEUDO_STREAM;
    row[q + Packet.STREAM_DATA] = row[p + Packet.STREAM_DATA]! + fits;
    row[q + Packet.STREAM_LENGTH] = length - fits;
    row[q + Packet.STREAM_OFFSET] = row[p + Packet.STREAM_OFFSET]! + fits;
    row[q + Packet.STREAM_FLAGS] = row[p + Packet.STREAM_FLAGS]! & ~Packet.STREAM_START;
    row[p + Packet.STREAM_LENGTH] = fits;
    row[p + Packet.STREAM_FLAGS]! &= ~Packet.STREAM_END;
    return slot;
  }

  private waitForSlot(outlet: Outlet): number {
    for (;;) {
      const slot = this.thread.pool.take();
      if (slot >= 0) return slot;
      this.waitForRoom(outlet);
    }
  }

  /** Copies stream data into a block; its slot is the carrier. */
  private copyToCarrier(p: number, data: number, length: number, outlet: Outlet): number {
    const { pool, memory } = this.thread;
    const carrier = this.waitForSlot(outlet);
    for (;;) {
      const copy = pool.allocate(carrier, length);
      if (copy >= 0) {
        memory.copy(copy, data, length);
        this.row[p + Packet.STREAM_DATA] = copy;
        return carrier;
      }
      this.waitForRoom(outlet);
    }
  }

  publish(): void {
    for (const { ring, consumer } of this.outlets) {
      ring.publish();
      consumer.ring();
    }
    this.returns.publish();
  }

  /** Promises the consumers that every packet up to this ticket was passed on. */
  publishWatermark(ticket: number): void {
    for (const { ring, consumer } of this.outlets) {
      if (ring.watermark() === ticket) continue;
      ring.publishWatermark(ticket);
      consumer.ring();
    }
  }

  close(): void {
    for (const { ring, consumer } of this.outlets) {
      ring.close();
      consumer.ring();
    }
    this.returns.publish();
  }
}
