/** The routines that read streams and transactions, by flow. */

import { Connection } from '../../engine/detection/connection.js';
import type { RoutineContext } from '../../engine/detection/routine-context.js';
import { FlowTransactions, type TransactionView } from '../../engine/detection/transaction-view.js';
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
type Chain = RoutineContext | null | undefined;

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
      this.streamReaders[flow] = this.chain(detections, each => new Connection(each, flow));
    for (let asking = this.streamReaders[flow]; asking; asking = asking.nextOfFlow) {
      const detection = asking.owner as LoadedDetection;
      if (!unit(detection)) continue;
      if (detection.isDisabled || !this.deliverTo(detection, asking as Connection, delivery))
        this.remove(this.streamReaders, flow, asking);
    }
  }

  /** @returns false when the detection is finished with the flow */
  private deliverTo(detection: LoadedDetection, conversation: Connection, delivery: Delivery): boolean {
    const { toServer } = delivery;
    if (!detection.reads(toServer)) return true;
    const socket = conversation.side(toServer);
    const before = socket.bufferedBytes(this.bytes);
    conversation.recordOrder(toServer);
    if (delivery.missing > 0) socket.gap(delivery.missing);
    if (delivery.end > delivery.start)
      socket.feed(this.bytes, delivery.start, delivery.end, bufferLimit(detection, conversation));
    if (delivery.ends) socket.end(delivery.reset);
    const continues = this.resume(detection, conversation);
    socket.keep(this.bytes, bufferLimit(detection, conversation));
    this.held += socket.bufferedBytes(this.bytes) - before;
    if (this.held <= this.maxHeld) return continues;
    this.values[this.memcapReached]!++;
    return false;
  }

  private resume(detection: LoadedDetection, conversation: Connection): boolean {
    const { prefilter } = detection;
    if (conversation.routine === undefined && prefilter) {
      const answer = prefilter.search(conversation.side(!prefilter.searchesServer));
      if (answer !== 'yes') return answer === 'later';
    } else if (conversation.routine !== undefined && !conversation.canResume) return true;
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
        each.definition.transactions ? new FlowTransactions(each, flow) : undefined,
      );
    for (let asking = this.transactionReaders[flow]; asking; asking = asking.nextOfFlow) {
      const detection = asking.owner as LoadedDetection;
      if (detection.definition.onTransaction !== view.protocol || !unit(detection)) continue;
      const reader = asking as FlowTransactions;
      reader.deliver(view);
      if (detection.isDisabled || !this.resumeTransactionReader(detection, reader))
        this.remove(this.transactionReaders, flow, asking);
    }
  }

  private resumeTransactionReader(detection: LoadedDetection, reader: FlowTransactions): boolean {
    return this.runner.resume(detection, reader, () => detection.definition.transactions!(reader));
  }

  /** The flow has ended: every routine is resumed with the end, and finished. */
  end(flow: number, unit: (detection: LoadedDetection) => boolean): void {
    for (let asking = this.streamReaders[flow]; asking; asking = asking.nextOfFlow) {
      const conversation = asking as Connection;
      const detection = asking.owner as LoadedDetection;
      if (!unit(detection)) continue;
      for (const toServer of [true, false]) conversation.side(toServer).end(false);
      if (!detection.isDisabled) this.resume(detection, conversation);
      this.remove(this.streamReaders, flow, asking);
    }
    for (let asking = this.transactionReaders[flow]; asking; asking = asking.nextOfFlow) {
      const reader = asking as FlowTransactions;
      const detection = asking.owner as LoadedDetection;
      if (!unit(detection)) continue;
      reader.end();
      if (!detection.isDisabled) this.resumeTransactionReader(detection, reader);
      this.remove(this.transactionReaders, flow, asking);
    }
  }

  /** Releases all state of the flow. */
  release(flow: number): void {
    for (let asking = this.streamReaders[flow]; asking; asking = asking.nextOfFlow)
      this.remove(this.streamReaders, flow, asking);
    for (let asking = this.transactionReaders[flow]; asking; asking = asking.nextOfFlow)
      this.remove(this.transactionReaders, flow, asking);
    this.streamReaders[flow] = undefined;
    this.transactionReaders[flow] = undefined;
  }

  private chain(
    detections: readonly LoadedDetection[],
    make: (detection: LoadedDetection) => RoutineContext | undefined,
  ): Chain {
    let first: RoutineContext | undefined;
    for (let i = detections.length - 1; i >= 0; i--) {
      const asking = make(detections[i]!);
      if (!asking) continue;
      asking.nextOfFlow = first;
      first = asking;
      this.values[this.active]!++;
    }
    return first ?? null;
  }

  private remove(chains: Chain[], flow: number, asking: RoutineContext): void {
    this.values[this.active]!--;
    if (asking instanceof Connection)
      for (const toServer of [true, false]) this.held -= asking.side(toServer).bufferedBytes(this.bytes);
    if (chains[flow] === asking) {
      chains[flow] = asking.nextOfFlow ?? null;
      return;
    }
    let before = chains[flow];
    while (before && before.nextOfFlow !== asking) before = before.nextOfFlow;
    if (before) before.nextOfFlow = asking.nextOfFlow;
  }
}

/** A side that waits for the contents is held up to the window. */
function bufferLimit(detection: LoadedDetection, { routine }: Connection): number {
  return routine === undefined && detection.prefilter
    ? Math.max(detection.maxHeld, detection.prefilter.window)
    : detection.maxHeld;
}
