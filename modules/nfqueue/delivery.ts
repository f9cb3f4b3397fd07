/** Services a thread needs for the queues: one for delivering verdicts, and one for rejecting packets. */

import { CAPTURE_BYPASS } from '../../engine/flow/flow-bypass.js';
import type { Thread } from '../../engine/module.js';
import { type Native, native } from '../../engine/native.js';
import { PACKET_SENDER } from '../../engine/packet/packet-sender.js';
import { RawSender } from '../../engine/packet/raw-sender.js';
import { writeChecksums } from '../../engine/packet/write-checksums.js';
import * as Packet from '../../engine/packet.js';
import { isDrop } from '../../engine/verdict.js';
import { VERDICT_DELIVERY, type VerdictDelivery } from '../../engine/verdict-delivery.js';
import { Answers, NF_DROP } from './answers.js';
import { BypassHook, bypassCommand } from './bypass-hook.js';
import { openEndpoint } from './endpoints.js';
import { BATCH_COUNT, BYPASS_MASK, VERDICT_BUDGET } from './options.js';
import { openQueuesOf } from './queue.js';
import { VerdictQueue } from './verdict-queue.js';

/** @param modules of the thread: one that both receives and decides answers all packets of its queues */
export function serveThread(thread: Thread, modules: readonly string[]): void {
  const addon = native()!;
  const receives = modules.includes('nfqueue');
  const decides = modules.includes('verdict');
  if (receives !== decides && openQueuesOf(thread).queues.some(({ link }) => link.driver === 'node-nfqueue'))
    throw new Error(
      'nfq.driver: node-nfqueue needs a profile whose threads run all modules, such as workers',
    );
  const answersAll = receives && decides;
  if (thread.config.read(BYPASS_MASK) !== 0 || bypassCommand(thread.config) !== undefined)
    thread.services.set(CAPTURE_BYPASS, true);
  thread.services.set(VERDICT_DELIVERY, new QueueDelivery(thread, addon, decides, answersAll));
  thread.services.set(PACKET_SENDER, new RawSender(addon, openQueuesOf(thread).senders));
}

export class QueueDelivery implements VerdictDelivery {
  /** By `Packet.SOURCE`. */
  readonly queues: readonly VerdictQueue[];
  private readonly answers: Answers;
  private readonly bypassHook: BypassHook | undefined;
  private readonly count: Record<
    'verdicts' | 'failed' | 'repeated' | 'late' | 'modified' | 'unchangeable',
    number
  >;

  constructor(
    private readonly thread: Thread,
    addon: Native,
    decides: boolean,
    readonly answersAll: boolean,
  ) {
    const { config, counters } = thread;
    const most = config.read(BATCH_COUNT) || Number.MAX_SAFE_INTEGER;
    this.answers = new Answers(config);
    this.bypassHook = bypassCommand(config) === undefined || !decides ? undefined : new BypassHook(thread);
    this.queues = openQueuesOf(thread).queues.map(
      queue =>
        new VerdictQueue(
          addon,
          openEndpoint(queue.link, queue.number, addon),
          queue,
          thread.memory.bytes,
          most,
          config.read(VERDICT_BUDGET),
        ),
    );
    this.count = {
      verdicts: counters.declare('nfq.verdicts'),
      failed: counters.declare('nfq.verdict_errors'),
      repeated: counters.declare('nfq.verdicts_repeated'),
      late: counters.declare('nfq.late_verdicts'),
      modified: counters.declare('nfq.modified'),
      unchangeable: counters.declare('nfq.not_whole_dropped'),
    };
  }

  deliver(slot: number, given: number): void {
    const { row } = this.thread.memory;
    const p = slot * Packet.INTS;
    const verdict = withBypass(given, row[p + Packet.FLOW_STATE]!);
    if (verdict === Packet.VERDICT_BYPASS && row[p + Packet.FLOW]! >= 0)
      this.bypassHook?.report(row[p + Packet.FLOW]!, Packet.secondsOf(row, p));
    const queue = this.queues[row[p + Packet.SOURCE]!]!;
    const mark = this.answers.markOf(verdict, row[p + Packet.MARK]! >>> 0);
    let answer = this.answers.verdictOf(verdict);
    let length = 0;
    if ((row[p + Packet.FLAGS]! & Packet.FLAG_MODIFIED) !== 0 && !isDrop(verdict)) {
      length = this.changedLength(p);
      if (length === 0) answer = NF_DROP;
    }
    queue.add(
      row[p + Packet.QUEUE_ID]! >>> 0,
      answer,
      this.answers.flagsOf(verdict),
      mark,
      Packet.secondsOf(row, p),
      row[p + Packet.NANOSECONDS]!,
      row[p + Packet.DATA]!,
      length,
    );
  }

  flush(): void {
    const { values } = this.thread.counters;
    for (const queue of this.queues) {
      queue.send();
      values[this.count.verdicts]! += queue.sent;
      values[this.count.failed]! += queue.failed;
      values[this.count.repeated]! += queue.repeated;
      values[this.count.late]! += queue.late;
      queue.sent = 0;
      queue.failed = 0;
      queue.repeated = 0;
      queue.late = 0;
    }
  }

  /** @returns length of the changed packet; 0 when it was truncated: its unchanged form must not pass */
  private changedLength(p: number): number {
    const { memory, counters } = this.thread;
    const length = memory.row[p + Packet.LENGTH]!;
    const whole = length === memory.row[p + Packet.WIRE_LENGTH];
    counters.values[whole ? this.count.modified : this.count.unchangeable]!++;
    if (!whole) return 0;
    writeChecksums(memory, p);
    return length;
  }
}

/** Every packet of a bypassed flow is bypassed. */
function withBypass(verdict: number, flowState: number): number {
  return verdict <= Packet.VERDICT_PASS && (flowState & Packet.FLOW_BYPASSED) !== 0
    ? Packet.VERDICT_BYPASS
    : verdict;
}
