/** The current transaction as seen by libraries: through its protocol's keywords, and its record. */
import { latin1 } from '../../engine/latin1.js';
import type { LuaFunction, LuaLibrary } from '../../engine/lua.js';
import type { Protocol, Transaction } from '../../engine/protocol.js';
import { hostOf, inspected, type LuaContext, objectLibrary } from './context.js';

type Record = { readonly [name: string]: unknown };

export class CurrentTransaction {
  /** @param names of the accepted protocols */
  constructor(
    private readonly context: LuaContext,
    private readonly names: readonly string[],
  ) {}

  /** Why there is no transaction; undefined if there is one. */
  absenceReason(): string | undefined {
    const { at } = this.context;
    if (!at?.transaction) return 'error: no transaction available';
    const protocol = hostOf(this.context).protocolOf(at.flow);
    const fits = protocol && [protocol.name, ...(protocol.ruleNames ?? [])].some(n => this.names.includes(n));
    return fits ? undefined : `error: protocol not ${this.names[0]}`;
  }

  /** Bytes of a sticky buffer; undefined if it does not exist. */
  bytes(keyword: string, toServer: boolean, index = 0): Uint8Array | undefined {
    const { protocol, transaction } = this.current();
    const declared = protocol.buffers.find(
      each => each.keyword === keyword || each.aliases?.includes(keyword) === true,
    );
    return declared?.get(transaction, toServer, index);
  }

  /** All values of a sticky buffer, latin1. */
  texts(keyword: string, toServer: boolean): string[] {
    const list: string[] = [];
    for (let bytes = this.bytes(keyword, toServer); bytes; bytes = this.bytes(keyword, toServer, list.length))
      list.push(latin1(bytes));
    return list;
  }

  /** First value of an integer keyword. */
  number(keyword: string, toServer: boolean): number | undefined {
    const { protocol, transaction } = this.current();
    return protocol.values.find(each => each.keyword === keyword)?.get(transaction, toServer)[0];
  }

  /** Header fields of a mail. */
  mailFields(): readonly { readonly name: string; readonly value: string }[] {
    const { protocol, transaction } = this.current();
    return protocol.mailFields?.(transaction) ?? [];
  }

  /** Numbers that are not in its record. */
  numbers(): { readonly [name: string]: number | undefined } {
    const { protocol, transaction } = this.current();
    return protocol.scriptNumbers?.(transaction) ?? {};
  }

  /** An object of its EVE record, such as `dns`. */
  record(name: string): Record {
    const { protocol, transaction } = this.current();
    const record = JSON.parse(`{${protocol.record(transaction, true)}}`) as Record;
    return (record[name] as Record | undefined) ?? {};
  }

  private current(): { protocol: Protocol; transaction: Transaction } {
    const reason = this.absenceReason();
    if (reason) throw new Error(reason);
    const { transaction, flow } = inspected(this.context);
    return { protocol: hostOf(this.context).protocolOf(flow)!, transaction: transaction! };
  }
}

/** A library whose `get_tx` returns the current transaction. */
export function transactionLibrary(
  name: string,
  transaction: CurrentTransaction,
  methods: Readonly<{ [name: string]: LuaFunction }>,
): LuaLibrary {
  return objectLibrary(name, 'get_tx', () => transaction.absenceReason(), methods);
}

/** A text of a record, as its UTF-8 bytes. */
export function recordText(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : Buffer.from(String(value)).toString('latin1');
}
