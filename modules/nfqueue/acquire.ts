/** Fills batches with the packets of this thread's queues. */
import type { Batch } from '../../engine/batch.js';
import type { Thread, ThreadModule } from '../../engine/module.js';
import * as Native from '../../engine/native.js';
import * as Packet from '../../engine/packet.js';
import { ReceiveRoom } from '../../engine/receive-room.js';
import { REASON_VERDICT_BUDGET } from '../../engine/verdict.js';
import { VERDICT_DELIVERY } from '../../engine/verdict-delivery.js';
import type { QueueDelivery } from './delivery.js';
import { BUDGET_POLICY, COPY_RANGE, VERDICT_BUDGET } from './options.js';
import type { Outstanding } from './outstanding.js';
import { queuesOf, ReceivedId } from './queue.js';

/** LINKTYPE_RAW: the packet begins with its IP header. */
const RAW = 101;
/** Most packets of one batch. */
const BATCH = 256;
/** Attributes of a message beside the packet: as in native/nfqueue.cc. */
const OVERHEAD = 1024;
/** How long a thread waits for a packet before it looks at other things. */
const WAIT_MS = 10;
/** At the end of a run: batches that are taken at most of what still waits in the queues. */
const DRAINED_BATCHES = 64;

interface Source {
  readonly socket: number;
  readonly source: number;
  readonly received: ReceivedId;
  /** Undefined where other threads answer packets too. */
  readonly outstanding: Outstanding | undefined;
}

export function acquireQueues(thread: Thread): ThreadModule {
  return new QueueAcquire(thread, Native.native()!);
}

class QueueAcquire implements ThreadModule {
  waited = false;
  private readonly sources: readonly Source[];
  private readonly sockets: Uint32Array;
  private readonly packets = new Uint32Array(BATCH * Native.QUEUED_INTS);
  private readonly tally = new Uint32Array(Native.TALLY_INTS);
  private readonly now = new Uint32Array(2);
  private readonly largest: number;
  private readonly budget: number;
  private readonly dropsLate: boolean;
  /** Slots left for what the modules behind make of the packets. */
  private readonly reserve: number;
  private readonly room: ReceiveRoom;
  private number = 0;
  private readonly count: Record<'packets' | 'overruns' | 'refused' | 'strange' | 'late', number>;

  constructor(
    private readonly thread: Thread,
    private readonly native: Native.Native,
  ) {
    const { config, counters, pool } = thread;
    const delivery = thread.services.get(VERDICT_DELIVERY) as QueueDelivery;
    this.sources = queuesOf(thread).map(({ queue, source }) => ({
      socket: queue.socket,
      source,
      received: new ReceivedId(queue.received),
      outstanding: delivery.answersAll ? delivery.queues[source]!.joinVerdicts() : undefined,
    }));
    this.sockets = Uint32Array.from(this.sources, source => source.socket);
    this.largest = config.read(COPY_RANGE);
    this.room = new ReceiveRoom(pool, this.largest + OVERHEAD);
    this.budget = config.read(VERDICT_BUDGET);
    this.dropsLate = config.read(BUDGET_POLICY) === 'drop';
    this.reserve = (pool.range.slots >> 2) + BATCH;
    this.count = {
      packets: counters.declare('nfq.packets'),
      overruns: counters.declare('nfq.overruns'),
      refused: counters.declare('nfq.verdicts_refused'),
      strange: counters.declare('nfq.unknown_messages'),
      late: counters.declare('nfq.late_packets'),
    };
  }

  process(batch: Batch): void {
    this.waited = false;
    this.receiveAll(batch);
    if (batch.length > 0 || !this.hasRoom() || this.sockets.length === 0) return;
    if (this.native.waitReadable(this.sockets, WAIT_MS) >= 0) this.receiveAll(batch);
    this.waited = batch.length === 0;
  }

  /** The run ends: what waits in the queues is inspected as well. */
  end(batch: Batch): void {
    for (let i = 0; i < DRAINED_BATCHES; i++) {
      this.receiveAll(batch);
      if (batch.length === 0) return;
      this.thread.passOn(batch);
      batch.clear();
    }
  }

  private hasRoom(): boolean {
    return this.thread.pool.available > this.reserve && this.room.ensure();
  }

  private receiveAll(batch: Batch): void {
    for (const source of this.sources) {
      if (!this.hasRoom()) return;
      this.receive(batch, source);
    }
  }

  private receive(batch: Batch, source: Source): void {
    const { tally, packets, thread } = this;
    const count = this.native.queueReceive(
      source.socket,
      thread.memory.bytes,
      this.room.from,
      this.room.to,
      this.largest,
      packets,
      tally,
    );
    const bytes = tally[Native.TALLY_BYTES]!;
    this.countOdd();
    if (count === 0) {
      this.room.take(bytes);
      return;
    }
    if (this.budget > 0) this.native.clockNow(this.now);
    // Noted before anything can go wrong with them: whoever settles what a failed thread leaves looks there.
    source.received.last = packets[(count - 1) * Native.QUEUED_INTS + Native.QUEUED_ID]!;
    for (let i = 0; i < count; i++) batch.push(this.take(i * Native.QUEUED_INTS, source));
    this.room.take(bytes);
    thread.counters.values[this.count.packets]! += count;
  }

  private take(q: number, { source, outstanding }: Source): number {
    const { packets } = this;
    const { pool, memory } = this.thread;
    const { row } = memory;
    const slot = pool.take();
    const p = slot * Packet.INTS;
    row[p + Packet.DATA] = packets[q + Native.QUEUED_DATA]!;
    row[p + Packet.LENGTH] = packets[q + Native.QUEUED_LENGTH]!;
    row[p + Packet.WIRE_LENGTH] = packets[q + Native.QUEUED_WIRE_LENGTH]!;
    row[p + Packet.LINK_TYPE] = RAW;
    row[p + Packet.SECONDS] = packets[q + Native.QUEUED_SECONDS]!;
    row[p + Packet.NANOSECONDS] = packets[q + Native.QUEUED_NANOSECONDS]!;
    row[p + Packet.NUMBER] = ++this.number;
    row[p + Packet.SOURCE] = source;
    row[p + Packet.QUEUE_ID] = packets[q + Native.QUEUED_ID]!;
    row[p + Packet.MARK] = packets[q + Native.QUEUED_MARK]!;
    if (packets[q + Native.QUEUED_FLAGS]! & (Native.QUEUED_FLAG_NO_CHECKSUM | Native.QUEUED_FLAG_GSO))
      row[p + Packet.FLAGS]! |= Packet.FLAG_NO_CHECKSUM;
    this.room.attach(slot);
    outstanding?.received(packets[q + Native.QUEUED_ID]!);
    if (this.budget > 0) this.checkBudget(p);
    return slot;
  }

  /** What waited too long is not inspected: that time is better spent on the packets behind it. */
  private checkBudget(p: number): void {
    const { row } = this.thread.memory;
    const [seconds, nanoseconds] = this.now as unknown as [number, number];
    const waited =
      (seconds - row[p + Packet.SECONDS]!) * 1e6 + (nanoseconds - row[p + Packet.NANOSECONDS]!) / 1000;
    if (waited <= this.budget) return;
    this.thread.counters.values[this.count.late]!++;
    row[p + Packet.FLAGS]! |= Packet.FLAG_NO_INSPECTION;
    if (!this.dropsLate) return;
    row[p + Packet.VERDICT] = Packet.VERDICT_DROP;
    row[p + Packet.REASON] = REASON_VERDICT_BUDGET;
  }

  private countOdd(): void {
    const { tally } = this;
    const { values } = this.thread.counters;
    values[this.count.overruns]! += tally[Native.TALLY_OVERRUNS]!;
    values[this.count.refused]! += tally[Native.TALLY_REFUSED]!;
    values[this.count.strange]! += tally[Native.TALLY_STRANGE]!;
    tally.fill(0);
  }
}
