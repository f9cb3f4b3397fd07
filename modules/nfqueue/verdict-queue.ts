/** Verdicts of one queue that wait to be sent together, in the order in which they were decided. */

import {
  VERDICT_ANSWER as ANSWER,
  VERDICT_DATA as DATA,
  VERDICT_FLAGS as FLAGS,
  VERDICT_ID as ID,
  VERDICT_LENGTH as LENGTH,
  VERDICT_MARK as MARK,
  VERDICT_INTS,
  VERDICT_SET_MARK,
  VERDICT_UP_TO_HERE,
  VERDICT_WITH_PAYLOAD,
} from '../../engine/native/queue.js';
import type { Native } from '../../engine/native.js';
import type { QueueEndpoint } from './driver.js';
import { Latency } from './latency.js';
import { Outstanding } from './outstanding.js';
import type { OpenQueue } from './queue.js';
import { UnsentVerdicts } from './unsent.js';

/** Maximum verdicts per call. */
const CAPACITY = 1024;

export class VerdictQueue {
  /** Set when this thread alone receives and answers the packets of the queue. */
  outstanding: Outstanding | undefined;
  private readonly verdicts = new Uint32Array(CAPACITY * VERDICT_INTS);
  private readonly merged = new Uint32Array(CAPACITY * VERDICT_INTS);
  private readonly seconds = new Uint32Array(CAPACITY);
  private readonly nanoseconds = new Uint32Array(CAPACITY);
  private readonly now = new Uint32Array(2);
  private readonly latency: Latency;
  private readonly unsent: UnsentVerdicts;
  private count = 0;
  /** Verdicts that the kernel finally did not accept, and those that are retried. */
  failed = 0;
  repeated = 0;
  /** Verdicts sent, and those that were later than the budget allows. */
  sent = 0;
  late = 0;

  /** @param most maximum number of waiting verdicts  @param budget microseconds; 0: unlimited */
  constructor(
    private readonly native: Native,
    private readonly end: QueueEndpoint,
    queue: OpenQueue,
    private readonly bytes: Uint8Array,
    private readonly most: number,
    private readonly budget: number,
  ) {
    this.latency = new Latency(queue.latency);
    this.unsent = new UnsentVerdicts(end, bytes);
  }

  /** The thread receives from the queue and answers all of it, so verdicts can be merged. */
  enableMerging(): Outstanding {
    this.outstanding = new Outstanding();
    return this.outstanding;
  }

  /** @param length of the payload at `data`; 0: unchanged */
  add(
    id: number,
    verdict: number,
    flags: number,
    mark: number,
    seconds: number,
    nanoseconds: number,
    data: number,
    length: number,
  ): void {
    const v = this.count * VERDICT_INTS;
    this.verdicts[v + ID] = id;
    this.verdicts[v + ANSWER] = verdict;
    this.verdicts[v + FLAGS] = flags | (length > 0 ? VERDICT_WITH_PAYLOAD : 0);
    this.verdicts[v + MARK] = mark;
    this.verdicts[v + DATA] = data;
    this.verdicts[v + LENGTH] = length;
    this.seconds[this.count] = seconds;
    this.nanoseconds[this.count] = nanoseconds;
    if (++this.count === this.most || this.count === CAPACITY) this.send();
  }

  send(): void {
    const { count, unsent, end } = this;
    const isFree = unsent.count === 0 || unsent.send();
    if (count === 0) return;
    const list = this.outstanding ? this.merged : this.verdicts;
    const messages = this.outstanding ? this.merge(this.outstanding) : count;
    const refused = isFree ? end.send(this.bytes, list, messages) : messages;
    if (refused > 0) this.keep(list, messages - refused, messages);
    this.sent += count;
    this.measure();
    this.count = 0;
  }

  private keep(list: Uint32Array, from: number, to: number): void {
    const { unsent } = this;
    unsent.keep(list, from, to, this.outstanding !== undefined);
    this.repeated += to - from;
    this.failed += unsent.lost;
    unsent.lost = 0;
  }

  private measure(): void {
    this.native.clockNow(this.now);
    const [seconds, nanoseconds] = this.now as unknown as [number, number];
    for (let i = 0; i < this.count; i++) {
      const waited = (seconds - this.seconds[i]!) * 1e6 + (nanoseconds - this.nanoseconds[i]!) / 1000;
      this.latency.add(waited);
      if (this.budget > 0 && waited > this.budget) this.late++;
    }
  }

  /** Merges equal verdicts of adjacent packets. @returns how many are left */
  private merge(outstanding: Outstanding): number {
    const { verdicts, merged } = this;
    let last = -1;
    let lastIsOldest = false;
    for (let i = 0; i < this.count; i++) {
      const v = i * VERDICT_INTS;
      const isOldest =
        outstanding.answer(verdicts[v + ID]!) && (verdicts[v + FLAGS]! & VERDICT_WITH_PAYLOAD) === 0;
      if (isOldest && lastIsOldest && this.isSameVerdict(v, last * VERDICT_INTS)) {
        merged[last * VERDICT_INTS + ID] = verdicts[v + ID]!;
        merged[last * VERDICT_INTS + FLAGS]! |= VERDICT_UP_TO_HERE;
        continue;
      }
      last++;
      for (let field = 0; field < VERDICT_INTS; field++)
        merged[last * VERDICT_INTS + field] = verdicts[v + field]!;
      lastIsOldest = isOldest;
    }
    return last + 1;
  }

  private isSameVerdict(v: number, j: number): boolean {
    const { verdicts, merged } = this;
    return (
      verdicts[v + ANSWER] === merged[j + ANSWER] &&
      (verdicts[v + FLAGS]! & VERDICT_SET_MARK) === (merged[j + FLAGS]! & VERDICT_SET_MARK) &&
      verdicts[v + MARK] === merged[j + MARK]
    );
  }
}
