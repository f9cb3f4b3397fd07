/**
 * Answers packets while no thread inspects: packets already received get the configured policy at once, and so do
 * those that arrive until threads are back.
 */

import * as Queue from '../../engine/native/queue.js';
import type { Native } from '../../engine/native.js';
import { NF_ACCEPT, NF_DROP } from './answers.js';
import type { QueueEndpoint } from './driver.js';
import { openEndpoint } from './endpoints.js';
import { LastReceivedId, type OpenQueue } from './queue.js';

const INTERVAL_MS = 5;
const PACKETS = 64;
const MAX_BATCHES = 256;

export class FallbackVerdicts {
  private readonly packets = new Uint32Array(PACKETS * Queue.QUEUED_INTS);
  private readonly tally = new Uint32Array(Queue.TALLY_INTS);
  private readonly answer = new Uint32Array(Queue.VERDICT_INTS);
  private readonly bytes: Uint8Array;
  private readonly endpoints: ReadonlyMap<OpenQueue, QueueEndpoint>;
  /** Queues whose thread does not inspect now. */
  private readonly unattended = new Set<OpenQueue>();
  /** Up to which id a verdict is missing because the kernel did not accept it. */
  private readonly unsent = new Map<OpenQueue, number>();
  private timer: NodeJS.Timeout | undefined;
  /** Number of packets answered without inspection. */
  packetsAnswered = 0;

  constructor(
    native: Native,
    queues: readonly OpenQueue[],
    private readonly largest: number,
    private readonly failOpen: boolean,
  ) {
    this.bytes = new Uint8Array((largest + Queue.QUEUE_OVERHEAD) * 4);
    this.endpoints = new Map(queues.map(queue => [queue, openEndpoint(queue.link, queue.number, native)]));
  }

  begin(queues: readonly OpenQueue[]): void {
    for (const queue of queues) {
      this.unattended.add(queue);
      this.answerReceived(queue);
    }
    this.timer ??= setInterval(() => this.answerAll(this.unattended), INTERVAL_MS);
    this.answerAll(queues);
  }

  end(queues: readonly OpenQueue[]): void {
    for (const queue of queues) this.unattended.delete(queue);
    if (this.unattended.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Answers all pending packets; under a flood the rest follows with the next call. */
  answerAll(queues: Iterable<OpenQueue>): void {
    for (const queue of queues)
      for (let turn = 0; turn < MAX_BATCHES && this.answerPending(queue) > 0; turn++);
  }

  /** Packets that threads have received but not answered; the kernel ignores verdicts for answered ones. */
  private answerReceived(queue: OpenQueue): void {
    const { last } = new LastReceivedId(queue.received);
    if (last !== undefined) this.sendUpTo(queue, last);
  }

  private answerPending(queue: OpenQueue): number {
    const { packets, tally, bytes, unsent } = this;
    const missing = unsent.get(queue);
    if (missing !== undefined) this.sendUpTo(queue, missing);
    const count = this.endpoints.get(queue)!.receive(bytes, 0, bytes.length, this.largest, packets, tally);
    if (count === 0) return 0;
    const last = packets[(count - 1) * Queue.QUEUED_INTS + Queue.QUEUED_ID]!;
    new LastReceivedId(queue.received).last = last;
    this.sendUpTo(queue, last);
    this.packetsAnswered += count;
    return count;
  }

  private sendUpTo(queue: OpenQueue, id: number): void {
    const { answer } = this;
    answer.fill(0);
    answer[Queue.VERDICT_ID] = id;
    answer[Queue.VERDICT_ANSWER] = this.failOpen ? NF_ACCEPT : NF_DROP;
    answer[Queue.VERDICT_FLAGS] = Queue.VERDICT_UP_TO_HERE;
    if (this.endpoints.get(queue)!.send(this.bytes, answer, 1) === 0) this.unsent.delete(queue);
    else this.unsent.set(queue, id);
  }
}
