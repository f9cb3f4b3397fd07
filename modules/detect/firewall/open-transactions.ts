/**
 * Transactions of a flow that a firewall tracks between packets. A flow may have a thousand open ones: those that the
 * current packet may affect are kept separately, so that the cost of a packet depends on its own data.
 */
import type { ApplicationSession } from '../../../engine/application-layer.js';
import type { Transaction } from '../../../engine/protocol.js';
import { FirewallTransaction } from './firewall-transaction.js';

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
  get affected(): readonly FirewallTransaction[] {
    if (!this.isSorted) this.list.sort((a, b) => a.number - b.number);
    this.isSorted = true;
    return this.list;
  }

  /** A transaction was updated, so it is affected. */
  of(conversation: ApplicationSession, transaction: Transaction): FirewallTransaction {
    let known = this.all.get(transaction);
    if (!known) {
      known = new FirewallTransaction(conversation, transaction, this.begun++);
      this.all.set(transaction, known);
    }
    if (!known.isAffected) this.markAffected(known);
    return known;
  }

  private markAffected(each: FirewallTransaction): void {
    const { list } = this;
    if (list.length > 0 && list[list.length - 1]!.number > each.number) this.isSorted = false;
    each.isAffected = true;
    list.push(each);
  }

  /** The packet is done: completed ones are removed, and the oldest beyond `most`. */
  endPacket(most: number): void {
    const { all, list } = this;
    let kept = 0;
    for (let i = 0; i < list.length; i++) {
      const each = list[i]!;
      each.isAffected = each.staysAffected;
      if (each.isAffected) list[kept++] = each;
      else if (each.isFinished) all.delete(each.transaction);
    }
    list.length = kept;
    while (all.size > most) this.removeOldest();
  }

  private removeOldest(): void {
    const [[transaction, oldest]] = this.all as unknown as [[Transaction, FirewallTransaction]];
    this.all.delete(transaction);
    if (oldest.isAffected) this.list.splice(this.list.indexOf(oldest), 1);
  }

  /** Applies new signature numbers after a reload. */
  renumber(numbers: Int32Array): void {
    for (const each of this.all.values()) each.renumber(numbers);
  }
}
