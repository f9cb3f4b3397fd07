/** The routines that read streams and transactions, by flow. */
import type { Asking } from '../../engine/detection/asking.js';
import { Conversation } from '../../engine/detection/conversation.js';
import { TransactionsOfFlow, type TransactionView } from '../../engine/detection/transaction-view.js';
import type { Thread } from '../../engine/module.js';
import type { DetectionRunner } from './detection-runner.js';
import type { LoadedDetection } from './loaded-detection.js';
import { ALL_HELD } from './options.js';

/** A delivery: bytes of one side, a gap, or the end of the stream. */
export interface Delivery {
  toServer: boolean;
  start: number;
  end: number;
  missing: number;
  ends: boolean;
  reset: boolean;
}

/** The first of a flow's routines; `null` when there were some and all have finished. */
type Chain = Asking | null | undefined;

export class Routines {
  private readonly streamReaders: Chain[] = [];
  private readonly transactionReaders: Chain[] = [];
  private readonly bytes: Uint8Array;
  private readonly values: Float64Array;
  private readonly memcapReached: number;
  private readonly active: number;
  private readonly maxHeld: number;
  private held = 0;

  constructor(
    thread: Thread,
    private readonly runner: DetectionRunner,
  ) {
    this.bytes = thread.memory.bytes;
    this.values = thread.counters.values;
    this.memcapReached = thread.counters.declare('detections.memcap_reached');
    this.active = thread.counters.declare('detections.conversations');
    this.maxHeld = thread.config.read(ALL_HELD);
  }

  hasStreams(flow: number): boolean {
    return this.streamReaders[flow] != null;
  }

  /** Passes bytes to each routine of the flow. @param unit called before each; false skips it */
  deliver(
    flow: number,
    detections: readonly LoadedDetection[],
    delivery: Delivery,
    unit: (detection: LoadedDetection) => boolean,
  ): void {
    if (this.streamReaders[flow] === undefined)
      this.streamReaders[flow] = this.chain(detections, each => new Conversation(each, flow));
    for (let asking = this.streamReaders[flow]; asking; asking = asking.follower) {
      const detection = asking.owner as LoadedDetection;
      if (!unit(detection)) continue;
      if (detection.isDisabled || !this.deliverTo(detection, asking as Conversation, delivery))
        this.remove(this.streamReaders, flow, asking);
    }
  }

  /** @returns false when the detection is finished with the flow */
  private deliverTo(detection: LoadedDetection, conversation: Conversation, delivery: Delivery): boolean {
    const { toServer } = delivery;
    if (!detection.reads(toServer)) return true;
    const socket = conversation.side(toServer);
    const before = socket.heldBytes(this.bytes);
    conversation.noteOrder(toServer);
    if (delivery.missing > 0) socket.gap(delivery.missing);
    if (delivery.end > delivery.start)
      socket.feed(this.bytes, delivery.start, delivery.end, bufferLimit(detection, conversation));
    if (delivery.ends) socket.end(delivery.reset);
    const goesOn = this.resume(detection, conversation);
    socket.keep(this.bytes, bufferLimit(detection, conversation));
    this.held += socket.heldBytes(this.bytes) - before;
    if (this.held <= this.maxHeld) return goesOn;
    this.values[this.memcapReached]!++;
    return false;
  }

  private resume(detection: LoadedDetection, conversation: Conversation): boolean {
    const { prefilter } = detection;
    if (conversation.routine === undefined && prefilter) {
      const answer = prefilter.search(conversation.side(!prefilter.searchesServer));
      if (answer !== 'yes') return answer === 'later';
    } else if (conversation.routine !== undefined && !conversation.isAnswerable) return true;
    return this.runner.resume(detection, conversation, () => detection.definition.detect!(conversation));
  }

  /** Passes a transaction to each routine of the flow that reads transactions. */
  deliverTransaction(
    flow: number,
    detections: readonly LoadedDetection[],
    view: TransactionView,
    unit: (detection: LoadedDetection) => boolean,
  ): void {
    if (this.transactionReaders[flow] === undefined)
      this.transactionReaders[flow] = this.chain(detections, each =>
        each.definition.transactions ? new TransactionsOfFlow(each, flow) : undefined,
      );
    for (let asking = this.transactionReaders[flow]; asking; asking = asking.follower) {
      const detection = asking.owner as LoadedDetection;
      if (detection.definition.onTransaction !== view.protocol || !unit(detection)) continue;
      const reader = asking as TransactionsOfFlow;
      reader.give(view);
      if (detection.isDisabled || !this.resumeTransactionReader(detection, reader))
        this.remove(this.transactionReaders, flow, asking);
    }
  }

  private resumeTransactionReader(detection: LoadedDetection, reader: TransactionsOfFlow): boolean {
    return this.runner.resume(detection, reader, () => detection.definition.transactions!(reader));
  }

  /** The flow has ended: every routine is resumed with the end, and finished. */
  end(flow: number, unit: (detection: LoadedDetection) => boolean): void {
    for (let asking = this.streamReaders[flow]; asking; asking = asking.follower) {
      const conversation = asking as Conversation;
      const detection = asking.owner as LoadedDetection;
      if (!unit(detection)) continue;
      for (const toServer of [true, false]) conversation.side(toServer).end(false);
      if (!detection.isDisabled) this.resume(detection, conversation);
      this.remove(this.streamReaders, flow, asking);
    }
    for (let asking = this.transactionReaders[flow]; asking; asking = asking.follower) {
      const reader = asking as TransactionsOfFlow;
      const detection = asking.owner as LoadedDetection;
      if (!unit(detection)) continue;
      reader.end();
      if (!detection.isDisabled) this.resumeTransactionReader(detection, reader);
      this.remove(this.transactionReaders, flow, asking);
    }
  }

  /** Releases all state of the flow. */
  release(flow: number): void {
    for (let asking = this.streamReaders[flow]; asking; asking = asking.follower)
      this.remove(this.streamReaders, flow, asking);
    for (let asking = this.transactionReaders[flow]; asking; asking = asking.follower)
      this.remove(this.transactionReaders, flow, asking);
    this.streamReaders[flow] = undefined;
    this.transactionReaders[flow] = undefined;
  }

  private chain(
    detections: readonly LoadedDetection[],
    make: (detection: LoadedDetection) => Asking | undefined,
  ): Chain {
    let first: Asking | undefined;
    for (let i = detections.length - 1; i >= 0; i--) {
      const asking = make(detections[i]!);
      if (!asking) continue;
      asking.follower = first;
      first = asking;
      this.values[this.active]!++;
    }
    return first ?? null;
  }

  private remove(chains: Chain[], flow: number, asking: Asking): void {
    this.values[this.active]!--;
    if (asking instanceof Conversation)
      for (const toServer of [true, false]) this.held -= asking.side(toServer).heldBytes(this.bytes);
    if (chains[flow] === asking) {
      chains[flow] = asking.follower ?? null;
      return;
    }
    let before = chains[flow];
    while (before && before.follower !== asking) before = before.follower;
    if (before) before.follower = asking.follower;
  }
}

/** A side that waits for the contents is held up to the window. */
function bufferLimit(detection: LoadedDetection, { routine }: Conversation): number {
  return routine === undefined && detection.prefilter
    ? Math.max(detection.maxHeld, detection.prefilter.window)
    : detection.maxHeld;
}
