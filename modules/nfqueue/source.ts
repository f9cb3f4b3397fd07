/** A netfilter queue as a source of packets. */
import type { Thread } from '../../engine/module.js';
import * as Queue from '../../engine/native/queue.js';
import type { Native } from '../../engine/native.js';
import * as Packet from '../../engine/packet.js';
import type { PacketSource } from '../../engine/receive/source.js';
import { REASON_VERDICT_BUDGET } from '../../engine/verdict.js';
import type { QueueEndpoint } from './driver.js';
import { BUDGET_POLICY, COPY_RANGE, VERDICT_BUDGET } from './options.js';
import type { Outstanding } from './outstanding.js';
import type { LastReceivedId } from './queue.js';

/** LINKTYPE_RAW: the packet begins with its IP header. */
const RAW = 101;

export class QueueSource implements PacketSource {
  readonly linkType = RAW;
  private readonly now = new Uint32Array(2);
  private readonly largest: number;
  private readonly budget: number;
  private readonly dropsLate: boolean;
  private readonly count: Record<'packets' | 'overruns' | 'refused' | 'strange' | 'late', number>;

  /** @param outstanding undefined when other threads answer packets too */
  constructor(
    private readonly thread: Thread,
    private readonly native: Native,
    readonly source: number,
    private readonly end: QueueEndpoint,
    private readonly received: LastReceivedId,
    private readonly outstanding: Outstanding | undefined,
  ) {
    const { config, counters } = thread;
    this.largest = config.read(COPY_RANGE);
    this.budget = config.read(VERDICT_BUDGET);
    this.dropsLate = config.read(BUDGET_POLICY) === 'drop';
    this.count = {
      packets: counters.declare('nfq.packets'),
      overruns: counters.declare('nfq.overruns'),
      refused: counters.declare('nfq.verdicts_refused'),
      strange: counters.declare('nfq.unknown_messages'),
      late: counters.declare('nfq.late_packets'),
    };
  }

  receive(bytes: Uint8Array, from: number, to: number, packets: Uint32Array, tally: Uint32Array): number {
    const count = this.end.receive(bytes, from, to, this.largest, packets, tally);
    this.countErrors(tally);
    if (count === 0) return 0;
    if (this.budget > 0) this.native.clockNow(this.now);
    // Noted first, in case a later step fails: the fallback for a failed thread reads it to answer the rest.
    this.received.last = packets[(count - 1) * Queue.QUEUED_INTS + Queue.QUEUED_ID]!;
    this.thread.counters.values[this.count.packets]! += count;
    return count;
  }

  admit(slot: number, packets: Uint32Array, q: number): boolean {
    const { row } = this.thread.memory;
    const p = slot * Packet.INTS;
    row[p + Packet.QUEUE_ID] = packets[q + Queue.QUEUED_ID]!;
    row[p + Packet.MARK] = packets[q + Queue.QUEUED_MARK]!;
    row[p + Packet.CONNTRACK] = packets[q + Queue.QUEUED_CONNTRACK]!;
    if (packets[q + Queue.QUEUED_FLAGS]! & (Queue.QUEUED_FLAG_NO_CHECKSUM | Queue.QUEUED_FLAG_GSO))
      row[p + Packet.FLAGS]! |= Packet.FLAG_NO_CHECKSUM;
    this.outstanding?.received(packets[q + Queue.QUEUED_ID]!);
    if (this.budget > 0) this.checkBudget(p);
    return true;
  }

  /** Packets that waited too long are not inspected: the time is better spent on the following ones. */
  private checkBudget(p: number): void {
    const { row } = this.thread.memory;
    const [seconds, nanoseconds] = this.now as unknown as [number, number];
    const waited =
      (seconds - Packet.secondsOf(row, p)) * 1e6 + (nanoseconds - row[p + Packet.NANOSECONDS]!) / 1000;
    if (waited <= this.budget) return;
    this.thread.counters.values[this.count.late]!++;
    row[p + Packet.FLAGS]! |= Packet.FLAG_NO_INSPECTION;
    if (!this.dropsLate) return;
    row[p + Packet.VERDICT] = Packet.VERDICT_DROP;
    row[p + Packet.REASON] = REASON_VERDICT_BUDGET;
  }

  private countErrors(tally: Uint32Array): void {
    const { values } = this.thread.counters;
    values[this.count.overruns]! += tally[Queue.TALLY_OVERRUNS]!;
    values[this.count.refused]! += tally[Queue.TALLY_REFUSED]!;
    values[this.count.strange]! += tally[Queue.TALLY_STRANGE]!;
  }
}
