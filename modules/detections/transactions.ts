/** Directions of transactions that became complete, packet by packet. */
import { TransactionView } from '../../engine/detection/transaction-view.js';
import type { ApplicationLayer, Transaction } from '../../engine/protocol.js';

const TO_SERVER = 1;
const TO_CLIENT = 2;

export class Transactions {
  private next = 0;
  /** Directions that were told. */
  private readonly told = new WeakMap<Transaction, number>();

  constructor(private readonly layer: ApplicationLayer) {}

  /** A new batch. */
  begin(): void {
    this.next = 0;
  }

  /** Tells of each direction that became complete with a packet. Packets must come in the order of the batch. */
  completed(slot: number, tell: (view: TransactionView, item: number) => void): void {
    const { updates } = this.layer;
    // Updates of packets that nobody asked for are passed over.
    let i = this.next;
    while (i < updates.length && updates[i]!.slot !== slot) i++;
    if (i === updates.length) return;
    for (let item = 0; i < updates.length && updates[i]!.slot === slot; i++, item++) {
      const { conversation, transaction, toServer, complete } = updates[i]!;
      if (!complete) continue;
      const bit = toServer ? TO_SERVER : TO_CLIENT;
      const before = this.told.get(transaction) ?? 0;
      if ((before & bit) !== 0) continue;
      tell(new TransactionView(conversation.protocol, transaction, toServer), item);
      this.told.set(transaction, before | bit);
    }
    this.next = i;
  }
}
