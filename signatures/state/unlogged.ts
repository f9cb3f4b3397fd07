/** Store `unlogged`: transactions whose logging a signature with action `config` disables. */
import type { Transaction } from '../../engine/protocol.js';

export const UNLOGGED = 'unlogged';

/** Maximum number of exchanges per flow that wait for an answer. */
const MAX_EXCHANGES = 256;

export class SuppressedTransactions {
  /** Transactions of the batch whose pending records are withdrawn, by flow and number. */
  private readonly transactions = new Set<string>();
  /** Exchanges that may still receive an answer, by flow. */
  private readonly exchanges = new Map<number, Set<number>>();

  /** Disables logging of the transaction and of its answer; a pending record is withdrawn. */
  add(flow: number, transaction: Transaction): void {
    transaction.logged = true;
    this.transactions.add(`${flow} ${transaction.id}`);
    if (transaction.exchangeId === undefined) return;
    const known = this.exchanges.get(flow) ?? new Set();
    this.exchanges.set(flow, known);
    if (known.size < MAX_EXCHANGES) known.add(transaction.exchangeId);
  }

  /** Called for each transaction: it may be the answer to one that is not logged. */
  addIfResponse(flow: number, transaction: Transaction): void {
    if (this.exchanges.size === 0 || transaction.exchangeId === undefined) return;
    if (this.exchanges.get(flow)?.has(transaction.exchangeId)) this.add(flow, transaction);
  }

  get isEmpty(): boolean {
    return this.transactions.size === 0;
  }

  has(flow: number, transaction: number): boolean {
    return this.transactions.has(`${flow} ${transaction}`);
  }

  /** Ends the batch. */
  clear(): void {
    if (this.transactions.size > 0) this.transactions.clear();
  }

  /** Ends the flow. */
  release(flow: number): void {
    if (this.exchanges.size > 0) this.exchanges.delete(flow);
  }
}
