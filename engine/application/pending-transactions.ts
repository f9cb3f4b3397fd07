/**
 * Transactions waiting for responses, by the key they share with the response: each is found without scanning others.
 */
import { HiddenMap } from '../memory/hidden-map.js';
import type { Transaction } from '../protocol/transaction.js';
import type { Session } from './session.js';

/** Number of entries after which those completed without a response are removed. */
const CLEANUP_INTERVAL = 4096;

export class PendingTransactions<K extends string | number, T extends Transaction> {
  private readonly byKey = new HiddenMap<K, T[]>();
  private added = 0;

  constructor(private readonly session: Session<T>) {}

  add(key: K, transaction: T): void {
    if (++this.added >= CLEANUP_INTERVAL) this.removeCompleted();
    const list = this.open(key);
    if (list) list.push(transaction);
    else this.byKey.set(key, [transaction]);
  }

  /** The oldest one with this key that is not complete. */
  find(key: K): T | undefined {
    return this.open(key)?.[0];
  }

  /** Those with this key, without completed ones at the front. */
  private open(key: K): T[] | undefined {
    const list = this.byKey.get(key);
    if (!list) return undefined;
    while (list.length > 0 && this.session.isComplete(list[0]!)) list.shift();
    if (list.length > 0) return list;
    this.byKey.delete(key);
    return undefined;
  }

  private removeCompleted(): void {
    this.added = 0;
    this.byKey.deleteIf(list => this.keepOpen(list) === 0);
  }

  /** Removes completed ones. @returns how many are left */
  private keepOpen(list: T[]): number {
    let kept = 0;
    for (const each of list) if (!this.session.isComplete(each)) list[kept++] = each;
    list.length = kept;
    return kept;
  }
}
