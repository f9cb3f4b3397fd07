/** Reports directions of transactions that became complete, packet by packet. */

import type { ApplicationLayer } from '../../engine/application-layer.js';
import { TransactionView } from '../../engine/detection/transaction-view.js';
import { Frame } from '../../engine/frames/frame.js';

const TO_SERVER = 1;
const TO_CLIENT = 2;

export class Transactions {
  /** By slot: index of its first update in the current batch, from 1; 0 for none. */
  private readonly firsts: Int32Array;

  constructor(
    private readonly layer: ApplicationLayer,
    slots: number,
  ) {
    this.firsts = new Int32Array(slots);
  }

  /** Starts a batch: its updates are complete, those of one packet adjacent. */
  begin(): void {
    const { updates } = this.layer;
    for (let i = updates.length - 1; i >= 0; i--) this.firsts[updates[i]!.slot] = i + 1;
  }

  end(): void {
    for (const { slot } of this.layer.updates) this.firsts[slot] = 0;
  }

  has(slot: number): boolean {
    return this.firsts[slot] !== 0;
  }

  /** Reports each direction that became complete with a packet. @param wanted whether a detection reads the protocol */
  completed(
    slot: number,
    wanted: (protocol: string) => boolean,
    report: (view: TransactionView, item: number) => void,
  ): void {
    const { updates } = this.layer;
    const first = this.firsts[slot]! - 1;
    for (let i = first; i < updates.length && updates[i]!.slot === slot; i++) {
      const { session, transaction, toServer, complete } = updates[i]!;
      if (!complete || !wanted(session.protocol.name) || transaction instanceof Frame) continue;
      const bit = toServer ? TO_SERVER : TO_CLIENT;
      const before = transaction.reportedDirections ?? 0;
      if ((before & bit) !== 0) continue;
      report(new TransactionView(session.protocol, transaction, toServer), i - first);
      transaction.reportedDirections = before | bit;
    }
  }
}
