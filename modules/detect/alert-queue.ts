/** Alerts of the current packet, at most `packet-alert-max`. Signatures are numbered in the order of their priority. */

import type { Protocol, Transaction } from '../../engine/protocol.js';

/** The match was in the reassembled stream; in a transaction. */
export const MATCH_STREAM = 1;
export const MATCH_TRANSACTION = 2;
/** The transaction is the current one, not one that matched. */
export const MATCH_GUESSED = 4;

/** The firewall drops the packet under this signature, which itself only alerts. */
export const MATCH_DROPS = 8;

/** A transaction, and the protocol that describes it. */
export interface Subject {
  readonly protocol: Protocol;
  readonly transaction: Transaction;
}

export class AlertQueue {
  length = 0;
  /** The first dropping signature, in order, that did not fit: it drops nevertheless. -1: none. */
  overflowed = -1;
  readonly signatures: Int32Array;
  /** Id of the transaction, -1 when there is none. */
  readonly transactions: Int32Array;
  readonly flags: Uint8Array;
  readonly toServer: Uint8Array;
  readonly subjects: (Subject | undefined)[];
  /** Context of the signature, as members of its `alert` object; mostly empty. */
  readonly contexts: string[];
  /** Further members of its record; mostly empty. */
  readonly members: string[];

  constructor(readonly capacity: number) {
    this.signatures = new Int32Array(capacity);
    this.transactions = new Int32Array(capacity);
    this.flags = new Uint8Array(capacity);
    this.toServer = new Uint8Array(capacity);
    this.subjects = new Array<Subject | undefined>(capacity);
    this.contexts = new Array<string>(capacity).fill('');
    this.members = new Array<string>(capacity).fill('');
  }

  clear(): void {
    this.length = 0;
    this.overflowed = -1;
  }

  /**
   * Makes room for an alert when the queue is full: the last alert in order is removed, whichever matched first.
   * @returns the signature that does not fit: this one or the removed one; -1 when there was room
   */
  makeRoom(signature: number, transaction: number): number {
    if (this.length < this.capacity) return -1;
    const last = this.length - 1;
    if (!this.isLaterThan(last, signature, transaction)) return signature;
    this.length = last;
    return this.signatures[last]!;
  }

  /** @returns false when the queue is full */
  add(
    signature: number,
    subject: Subject | undefined,
    flags: number,
    toServer: boolean,
    context = '',
    members = '',
  ): boolean {
    const transaction = transactionOf(subject);
    if (this.length === this.capacity) return false;
    let at = this.length++;
    // Kept sorted by signature, then transaction: few alerts, mostly added in order.
    while (at > 0 && this.isLaterThan(at - 1, signature, transaction)) {
      this.move(at - 1, at);
      at--;
    }
    this.signatures[at] = signature;
    this.transactions[at] = transaction;
    this.flags[at] = flags;
    this.toServer[at] = toServer ? 1 : 0;
    this.subjects[at] = subject;
    this.contexts[at] = context;
    this.members[at] = members;
    return true;
  }

  private isLaterThan(at: number, signature: number, transaction: number): boolean {
    const other = this.signatures[at]!;
    return other > signature || (other === signature && this.transactions[at]! > transaction);
  }

  private move(from: number, to: number): void {
    this.signatures[to] = this.signatures[from]!;
    this.transactions[to] = this.transactions[from]!;
    this.flags[to] = this.flags[from]!;
    this.toServer[to] = this.toServer[from]!;
    this.subjects[to] = this.subjects[from];
    this.contexts[to] = this.contexts[from]!;
    this.members[to] = this.members[from]!;
  }
}

/** Id of the transaction, -1 for none. */
export function transactionOf(subject: Subject | undefined): number {
  return subject ? subject.transaction.id : -1;
}
