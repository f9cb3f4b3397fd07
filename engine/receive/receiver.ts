/** Fills batches from the sources of one thread: common to all live acquire modules. */
import type { Batch } from '../batch.js';
import { BATCH } from '../manager/options.js';
import type { Thread, ThreadModule } from '../module.js';
import {
  QUEUED_DATA,
  QUEUED_INTS,
  QUEUED_LENGTH,
  QUEUED_NANOSECONDS,
  QUEUED_SECONDS,
  QUEUED_WIRE_LENGTH,
  TALLY_BYTES,
  TALLY_INTS,
} from '../native/queue.js';
import * as Packet from '../packet.js';
import { ReceiveBuffer } from './receive-buffer.js';
import type { PacketSource } from './source.js';

/** How long a thread waits for a packet before it checks for other work. */
const WAIT_MS = 10;
/** Maximum number of batches taken from pending packets at the end of a run. */
const MAX_DRAINED_BATCHES = 64;

export interface ReceiverOptions {
  readonly sources: readonly PacketSource[];
  /** Maximum bytes of a packet, including its metadata. */
  readonly largest: number;
  /** Waits until a source is readable, or until the timeout. @returns whether one is */
  wait(milliseconds: number): boolean;
  /** Milliseconds for which the kernel may hold back received packets; 0 if never. */
  readonly kernelDelayMs?: number;
}

export class Receiver implements ThreadModule {
  waited = false;
  /** Metadata of the packets received at once. */
  private readonly packets: Uint32Array;
  private readonly tally = new Uint32Array(TALLY_INTS);
  private readonly buffer: ReceiveBuffer;
  /** Slots reserved for packets created by later modules. */
  private readonly reserve: number;
  private number = 0;

  constructor(
    private readonly thread: Thread,
    private readonly options: ReceiverOptions,
  ) {
    const { pool, config } = thread;
    // If fewer slots remain than needed for one receive and the packets made from it, nothing would ever be received.
    const maxPackets = Math.min(config.read(BATCH), pool.range.slots >> 1);
    this.packets = new Uint32Array(maxPackets * QUEUED_INTS);
    this.buffer = new ReceiveBuffer(pool, options.largest);
    this.reserve = (pool.range.slots >> 2) + maxPackets;
  }

  process(batch: Batch): void {
    const { sources } = this.options;
    this.waited = false;
    this.receiveAll(batch);
    if (batch.length > 0 || !this.canReceive() || sources.length === 0) return;
    if (this.options.wait(WAIT_MS)) this.receiveAll(batch);
    this.waited = batch.length === 0;
  }

  /** End of the run: pending packets are still inspected. */
  end(batch: Batch): void {
    const { wait, kernelDelayMs = 0 } = this.options;
    for (let i = 0; i < MAX_DRAINED_BATCHES; i++) {
      if (!this.receiveAll(batch) && !wait(kernelDelayMs)) return;
      this.thread.forward(batch);
      batch.clear();
    }
  }

  private canReceive(): boolean {
    return this.thread.pool.available > this.reserve && this.buffer.ensure();
  }

  /** @returns whether anything was received, even if not admitted by the sources */
  private receiveAll(batch: Batch): boolean {
    let received = 0;
    for (const source of this.options.sources) {
      if (!this.canReceive()) break;
      received += this.receive(batch, source);
    }
    return received > 0;
  }

  private receive(batch: Batch, source: PacketSource): number {
    const { packets, buffer, tally } = this;
    const count = source.receive(this.thread.memory.bytes, buffer.from, buffer.to, packets, tally);
    for (let i = 0; i < count; i++) {
      const q = i * QUEUED_INTS;
      const slot = this.take(q, source);
      if (source.admit(slot, packets, q)) batch.push(slot);
      else this.thread.pool.release(slot);
    }
    buffer.take(tally[TALLY_BYTES]!);
    tally.fill(0);
    return count;
  }

  private take(q: number, { linkType, source }: PacketSource): number {
    const { packets } = this;
    const { pool, memory } = this.thread;
    const { row } = memory;
    const slot = pool.take();
    const p = slot * Packet.INTS;
    row[p + Packet.DATA] = packets[q + QUEUED_DATA]!;
    row[p + Packet.LENGTH] = packets[q + QUEUED_LENGTH]!;
    row[p + Packet.WIRE_LENGTH] = packets[q + QUEUED_WIRE_LENGTH]!;
    row[p + Packet.LINK_TYPE] = linkType;
    row[p + Packet.SECONDS] = packets[q + QUEUED_SECONDS]!;
    row[p + Packet.NANOSECONDS] = packets[q + QUEUED_NANOSECONDS]!;
    row[p + Packet.NUMBER] = ++this.number;
    row[p + Packet.SOURCE] = source;
    this.buffer.attach(slot);
    return slot;
  }
}
