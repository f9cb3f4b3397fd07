/** The routines that read streams and transactions, by flow. */
import type { Asking } from '../../engine/detection/asking.js';
import { Conversation } from '../../engine/detection/conversation.js';
import { TransactionsOfFlow, type TransactionView } from '../../engine/detection/transaction-view.js';
import type { Thread } from '../../engine/module.js';
import type { LoadedDetection } from './loaded.js';
import { ALL_HELD } from './options.js';
import type { Turns } from './turns.js';

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

export class Conversations {
  private readonly streams: Chain[] = [];
  private readonly readers: Chain[] = [];
  private readonly bytes: Uint8Array;
  private readonly values: Float64Array;
  private readonly memcapReached: number;
  private readonly sleeping: number;
  private readonly mostHeld: number;
  private held = 0;

  constructor(
    thread: Thread,
    private readonly turns: Turns,
  ) {
    this.bytes = thread.memory.bytes;
    this.values = thread.counters.values;
    this.memcapReached = thread.counters.declare('detections.memcap_reached');
    this.sleeping = thread.counters.declare('detections.conversations');
    this.mostHeld = thread.config.read(ALL_HELD);
  }

  hasStreams(flow: number): boolean {
    return this.streams[flow] != null;
  }

  /** Passes bytes to each routine of the flow. @param unit called before each; false skips it */
  deliver(
    flow: number,
    detections: readonly LoadedDetection[],
    delivery: Delivery,
    unit: (detection: LoadedDetection) => boolean,
  ): void {
    if (this.streams[flow] === undefined)
      this.streams[flow] = this.chain(detections, each => new Conversation(each, flow));
    for (let asking = this.streams[flow]; asking; asking = asking.follower) {
      const detection = asking.owner as LoadedDetection;
      if (!unit(detection)) continue;
      if (detection.isOff || !this.deliverTo(detection, asking as Conversation, delivery))
        this.remove(this.streams, flow, asking);
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
      socket.feed(this.bytes, delivery.start, delivery.end, holdLimit(detection, conversation));
    if (delivery.ends) socket.end(delivery.reset);
    const goesOn = this.wake(detection, conversation);
    socket.keep(this.bytes, holdLimit(detection, conversation));
    this.held += socket.heldBytes(this.bytes) - before;
    if (this.held <= this.mostHeld) return goesOn;
    this.values[this.memcapReached]!++;
    return false;
  }

  private wake(detection: LoadedDetection, conversation: Conversation): boolean {
    const { prefilter } = detection;
    if (conversation.routine === undefined && prefilter) {
      const answer = prefilter.look(conversation.side(!prefilter.ofServer));
      if (answer !== 'yes') return answer === 'later';
    } else if (conversation.routine !== undefined && !conversation.isAnswerable) return true;
    return this.turns.wake(detection, conversation, () => detection.definition.detect!(conversation));
  }

  /** Passes a transaction to each routine of the flow that reads transactions. */
  give(
    flow: number,
    detections: readonly LoadedDetection[],
    view: TransactionView,
    unit: (detection: LoadedDetection) => boolean,
  ): void {
    if (this.readers[flow] === undefined)
      this.readers[flow] = this.chain(detections, each =>
        each.definition.transactions ? new TransactionsOfFlow(each, flow) : undefined,
      );
    for (let asking = this.readers[flow]; asking; asking = asking.follower) {
      const detection = asking.owner as LoadedDetection;
      if (detection.definition.onTransaction !== view.protocol || !unit(detection)) continue;
      const reader = asking as TransactionsOfFlow;
      reader.give(view);
      if (detection.isOff || !this.wakeReader(detection, reader)) this.remove(this.readers, flow, asking);
    }
  }

  private wakeReader(detection: LoadedDetection, reader: TransactionsOfFlow): boolean {
    return this.turns.wake(detection, reader, () => detection.definition.transactions!(reader));
  }

  /** The flow has ended: every routine is resumed with the end, and finished. */
  end(flow: number, unit: (detection: LoadedDetection) => boolean): void {
    for (let asking = this.streams[flow]; asking; asking = asking.follower) {
      const conversation = asking as Conversation;
      const detection = asking.owner as LoadedDetection;
      if (!unit(detection)) continue;
      for (const toServer of [true, false]) conversation.side(toServer).end(false);
      if (!detection.isOff) this.wake(detection, conversation);
      this.remove(this.streams, flow, asking);
    }
    for (let asking = this.readers[flow]; asking; asking = asking.follower) {
      const reader = asking as TransactionsOfFlow;
      const detection = asking.owner as LoadedDetection;
      if (!unit(detection)) continue;
      reader.end();
      if (!detection.isOff) this.wakeReader(detection, reader);
      this.remove(this.readers, flow, asking);
    }
  }

  /** Releases all state of the flow. */
  release(flow: number): void {
    for (let asking = this.streams[flow]; asking; asking = asking.follower)
      this.remove(this.streams, flow, asking);
    for (let asking = this.readers[flow]; asking; asking = asking.follower)
      this.remove(this.readers, flow, asking);
    this.streams[flow] = undefined;
    this.readers[flow] = undefined;
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
      this.values[this.sleeping]!++;
    }
    return first ?? null;
  }

  private remove(chains: Chain[], flow: number, asking: Asking): void {
    this.values[this.sleeping]!--;
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
function holdLimit(detection: LoadedDetection, { routine }: Conversation): number {
  return routine === undefined && detection.prefilter
    ? Math.max(detection.held, detection.prefilter.window)
    : detection.held;
}
