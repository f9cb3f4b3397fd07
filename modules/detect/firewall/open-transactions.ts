/**
 * Transactions of a flow that a firewall tracks between packets. A flow may have a thousand open ones: those that the
 * current packet may concern are kept separately, so that the cost of a packet depends on its own data.
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

  /** Those that were updated, or may continue without an update; the oldest first. */
  get concerned(): readonly FirewallTransaction[] {
    if (!this.isSorted) this.list.sort((a, b) => a.number - b.number);
    this.isSorted = true;
    return this.list;
  }

  /** A transaction was updated, so it is concerned. */
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

  /** The packet is done: completed ones are removed, and the oldest beyond `most`. */
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

  /** Applies new signature numbers after a reload. */
  renumber(numbers: Int32Array): void {
    for (const each of this.all.values()) each.renumber(numbers);
  }
}
