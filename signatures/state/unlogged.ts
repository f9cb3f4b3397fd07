/** Store `unlogged`: transactions that a signature with action `config` keeps from being logged. */
import type { Transaction } from '../../engine/protocol.js';

export const UNLOGGED = 'unlogged';

/** Exchanges of one flow whose answers are waited for. */
const MOST_EXCHANGES = 256;

export class Unlogged {
  /** Records of transactions that were told before the batch was inspected, by flow and number. */
  private readonly told = new Set<string>();
  /** Exchanges that answers may still come to, by flow. */
  private readonly exchanges = new Map<number, Set<number>>();

  /** Keeps the transaction from being logged, and its answer; a record that is on its way is taken back. */
  add(flow: number, transaction: Transaction): void {
    transaction.logged = true;
    this.told.add(`${flow} ${transaction.id}`);
    if (transaction.exchange === undefined) return;
    const known = this.exchanges.get(flow) ?? new Set();
    this.exchanges.set(flow, known);
    if (known.size < MOST_EXCHANGES) known.add(transaction.exchange);
  }

  /** A transaction is seen: it may be the answer to one that is not logged. */
  follow(flow: number, transaction: Transaction): void {
    if (this.exchanges.size === 0 || transaction.exchange === undefined) return;
    if (this.exchanges.get(flow)?.has(transaction.exchange)) this.add(flow, transaction);
  }

  get isEmpty(): boolean {
    return this.told.size === 0;
  }

  has(flow: number, transaction: number): boolean {
    return this.told.has(`${flow} ${transaction}`);
  }

  /** The batch is over. */
  clear(): void {
    if (this.told.size > 0) this.told.clear();
  }

  /** The flow is over. */
  release(flow: number): void {
    if (this.exchanges.size > 0) this.exchanges.delete(flow);
  }
}
