/**
 * Transactions waiting for responses, by the key they share with the response: each is found without scanning others.
 */
import { hiddenKey } from '../memory/hidden-key.js';
import type { Transaction } from '../protocol/transaction.js';
import type { Session } from './session.js';

/** Number of entries after which those completed without a response are removed. */
const CLEANING = 4096;

export class WaitingTransactions<K, T extends Transaction> {
  private readonly byKey = new Map<K | number, T[]>();
  private added = 0;

  constructor(private readonly session: Session<T>) {}

  add(key: K, transaction: T): void {
    if (++this.added >= CLEANING) this.clean();
    const hidden = hiddenKey(key);
    const list = this.open(hidden);
    if (list) list.push(transaction);
    else this.byKey.set(hidden, [transaction]);
  }

  /** The oldest one with this key that is not complete. */
  find(key: K): T | undefined {
    return this.open(hiddenKey(key))?.[0];
  }

  /** Those with this key, without completed ones at the front. */
  private open(key: K | number): T[] | undefined {
    const list = this.byKey.get(key);
    if (!list) return undefined;
    while (list.length > 0 && this.session.isComplete(list[0]!)) list.shift();
    if (list.length > 0) return list;
    this.byKey.delete(key);
    return undefined;
  }

  private clean(): void {
    this.added = 0;
    for (const [key, list] of this.byKey) {
      const open = list.filter(each => !this.session.isComplete(each));
      if (open.length > 0) this.byKey.set(key, open);
      else this.byKey.delete(key);
    }
  }
}
