/**
 * Transactions of a flow that a firewall follows from one packet to the next. A flow may have a thousand of them open: those
 * that the packet in hand may concern are kept apart, so that a packet costs what it brings.
 */
import type { Conversation } from '../../../engine/application-layer.js';
import type { Transaction } from '../../../engine/protocol.js';
import { FirewallTransaction } from './watched-transaction.js';

export class OpenTransactions {
  /** In the order in which they began. */
  private readonly all = new Map<Transaction, FirewallTransaction>();
  private readonly list: FirewallTransaction[] = [];
  private begun = 0;
  private isSorted = true;

  get size(): number {
    return this.all.size;
  }

  /** Those of which something was told, or may come untold; the oldest first. */
  get concerned(): readonly FirewallTransaction[] {
    if (!this.isSorted) this.list.sort((a, b) => a.number - b.number);
    this.isSorted = true;
    return this.list;
  }

  /** Something is told of a transaction: it is concerned. */
  of(conversation: Conversation, transaction: Transaction): FirewallTransaction {
    let known = this.all.get(transaction);
    if (!known) {
      known = new FirewallTransaction(conversation, transaction, this.begun++);
      this.all.set(transaction, known);
    }
    if (!known.isConcerned) this.concern(known);
    return known;
  }

  private concern(each: FirewallTransaction): void {
    const { list } = this;
    if (list.length > 0 && list[list.length - 1]!.number > each.number) this.isSorted = false;
    each.isConcerned = true;
    list.push(each);
  }

  /** The packet is done: those that are over are forgotten, and the oldest beyond `most`. */
  settle(most: number): void {
    const { all, list } = this;
    let kept = 0;
    for (let i = 0; i < list.length; i++) {
      const each = list[i]!;
      each.isConcerned = each.staysConcerned;
      if (each.isConcerned) list[kept++] = each;
      else if (each.isOver) all.delete(each.transaction);
    }
    list.length = kept;
    while (all.size > most) this.giveUpOldest();
  }

  private giveUpOldest(): void {
    const [[transaction, oldest]] = this.all as unknown as [[Transaction, FirewallTransaction]];
    this.all.delete(transaction);
    if (oldest.isConcerned) this.list.splice(this.list.indexOf(oldest), 1);
  }

  /** Signatures have other numbers now. */
  renumber(numbers: Int32Array): void {
    for (const each of this.all.values()) each.renumber(numbers);
  }
}
