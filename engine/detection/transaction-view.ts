/** Transactions of an application protocol as detections see them: by the keywords of signatures. */
import type { Protocol, Transaction } from '../protocol.js';
import { NEXT_ITEM } from './read-requests.js';
import { RoutineContext } from './routine-context.js';
import type { DetectionSocket, Reading } from './socket.js';

/** Upper bound for the values of one buffer. */
const MAX_VALUES = 4096;

/** One direction of a transaction, complete. */
export class TransactionView {
  constructor(
    private readonly declaration: Protocol,
    private readonly transaction: Transaction,
    /** True for the request, false for the response. */
    readonly toServer: boolean,
  ) {}

  /** `http`, `dns` … */
  get protocol(): string {
    return this.declaration.name;
  }

  /** Number in the flow, from 0. */
  get id(): number {
    return this.transaction.id;
  }

  /**
   * Bytes under a keyword: `http.uri`, `dns.query`. The first if there are several; undefined if none.
   * @throws Error if the protocol has no such buffer
   */
  buffer(keyword: string): Uint8Array | undefined {
    return this.named(keyword).get(this.transaction, this.toServer, 0);
  }

  /** All values under a keyword: names, headers. */
  buffers(keyword: string): Uint8Array[] {
    const { get, multiple } = this.named(keyword);
    const found: Uint8Array[] = [];
    for (let i = 0; i < (multiple ? MAX_VALUES : 1); i++) {
      const value = get(this.transaction, this.toServer, i);
      if (value === undefined) break;
      found.push(value);
    }
    return found;
  }

  /** Numbers under a keyword: `dns.rrtype`. @throws Error if the protocol has no such value */
  values(keyword: string): readonly number[] {
    const { values } = this.declaration;
    const declared = values.find(each => each.keyword === keyword || each.aliases?.includes(keyword));
    if (!declared) throw new Error(`${this.protocol} has no value ${keyword}; it has ${names(values)}`);
    return declared.get(this.transaction, this.toServer);
  }

  /** The EVE record of the transaction. */
  record(): Record<string, unknown> {
    return JSON.parse(`{${this.recordMembers()}}`) as Record<string, unknown>;
  }

  /** The same as text, without braces. */
  recordMembers(): string {
    return this.declaration.record(this.transaction, true);
  }

  private named(keyword: string): Protocol['buffers'][number] {
    const { buffers } = this.declaration;
    const declared = buffers.find(each => each.keyword === keyword || each.aliases?.includes(keyword));
    if (!declared) throw new Error(`${this.protocol} has no buffer ${keyword}; it has ${names(buffers)}`);
    return declared;
  }
}

function names(declared: readonly { readonly keyword: string }[]): string {
  return declared.map(({ keyword }) => keyword).join(', ');
}

/** What `*transactions` gets. */
export class FlowTransactions extends RoutineContext {
  private item: TransactionView | undefined = undefined;
  private isNew = false;
  private ended = false;

  /** Waits for the next transaction: returns it, or 'end' if the flow is over. */
  get receive(): () => Reading<TransactionView | 'end'> {
    return () => this.request(NEXT_ITEM, undefined);
  }

  /** The current transaction. */
  get current(): TransactionView | undefined {
    return this.item;
  }

  // ── for the engine ──

  deliver(item: TransactionView): void {
    this.item = item;
    this.isNew = true;
  }

  end(): void {
    this.ended = true;
  }

  protected readySide(): DetectionSocket | undefined {
    return undefined;
  }

  protected nextItem(): TransactionView | 'end' | undefined {
    if (this.isNew) {
      this.isNew = false;
      return this.item;
    }
    return this.ended ? 'end' : undefined;
  }
}
