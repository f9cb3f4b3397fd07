/** The NFS traffic of a flow: calls with their replies, and names of files by handle. */

import { BoundedMap } from '../../../engine/memory/bounded-map.js';
import type { NfsCall, NfsReply } from './call.js';
import { readCompoundRest } from './compound.js';
import { nameContent, nameMessage, type Place } from './frames.js';
import { readArguments, readResults } from './message.js';
import { CALL, NFS, REPLY, type RpcCall, readCall, readReply } from './rpc.js';
import { COMPLETE, type EVENTS, NfsTransaction } from './transaction.js';
import { type IncompleteData, keyOf, type NfsSession, type NfsSettings, Transfers } from './transfers.js';
import { padded, Xdr } from './xdr.js';

/** Maximum names of files remembered. */
const MAX_NAMES = 1024;
const NAMELESS = new Uint8Array(0);

interface PendingCall {
  readonly rpc: RpcCall;
  readonly call: NfsCall;
  readonly transaction: NfsTransaction | undefined;
}

export class NfsConnection {
  /** Calls without a reply, by transaction identifier (XID). */
  private readonly pending: BoundedMap<number, PendingCall>;
  private readonly names = new Map<string, Uint8Array>();
  readonly transfers: Transfers;
  private readonly settings: NfsSettings;

  constructor(private readonly session: NfsSession) {
    this.settings = session.settings as NfsSettings;
    this.transfers = new Transfers(session);
    this.pending = new BoundedMap(this.settings.maxTransactions, late => this.abandon(late));
  }

  // ── calls ──

  /** A call, or its beginning. @param bytes `bytes[start, end)`; not kept  @returns file data that is incomplete */
  call(bytes: Uint8Array, start: number, end: number, place: Place): IncompleteData | undefined {
    if (this.session.frames) nameMessage(this.session, true, place, bytes, start, end);
    if (isOther(bytes, start, end, REPLY)) return undefined;
    const xdr = new Xdr(bytes, start, end);
    const rpc = readCall(xdr);
    if (!rpc || rpc.program !== NFS) {
      if (!rpc) this.report('malformed_data');
      return undefined;
    }
    if (rpc.version < 2 || rpc.version > 4) {
      this.report('nonexistent_version');
      return undefined;
    }
    if (this.session.frames) nameContent(this.session, true, place, rpc.version, xdr.at - start);
    const call = readArguments(xdr, rpc.version, rpc.procedure);
    if (!call) {
      this.report('malformed_data');
      return undefined;
    }
    const transaction = this.transactionOf(rpc, call);
    this.pending.set(rpc.xid, { rpc, call, transaction });
    return transaction && call.data
      ? this.addWrittenData(rpc, call, transaction, bytes, start, end)
      : undefined;
  }

  /** Processes the data that a call writes, as far as available. */
  private addWrittenData(
    rpc: RpcCall,
    call: NfsCall,
    transaction: NfsTransaction,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): IncompleteData | undefined {
    const data = { ...call.data!, offset: call.offset!, xid: rpc.xid, isEnd: false };
    const rest = this.transfers.beginData(transaction, data, bytes, end);
    if (!call.operationsAfter) return rest;
    const more = { rpc, call, at: data.at + padded(data.length) - start };
    return { transfer: transaction.transfer!, transaction, length: rest?.length ?? 0, more };
  }

  /** Operations after written data: only further writes, and the end of files, are evaluated. */
  addOperationsAfterData(
    { rpc, call }: NonNullable<IncompleteData['more']>,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): IncompleteData | undefined {
    const next = readCompoundRest(new Xdr(bytes, start, end), call);
    if (next.kind === 'close' || next.kind === 'commit') this.transfers.closeWritten(next);
    return next.data
      ? this.addWrittenData(rpc, next, this.transactionOf(rpc, next)!, bytes, start, end)
      : undefined;
  }

  /** No longer waits for the reply of a call. */
  private abandon({ transaction }: PendingCall): void {
    if (!transaction || transaction.transfer) return;
    this.session.event(transaction, 'too_many_transactions');
    this.session.complete(transaction);
  }

  private transactionOf(rpc: RpcCall, call: NfsCall): NfsTransaction | undefined {
    const { kind, handle } = call;
    if (kind === 'read' || kind === 'write')
      return this.transfers.find(kind, call) ?? this.transfers.begin(kind, call, this.begin(rpc, call));
    // For version 4, Suricata logs little but files.
    if (kind === 'unlogged') return undefined;
    if (rpc.version === 4 && !LOGGED_PROCEDURES_V4.has(call.procedure)) {
      if (kind === 'close' || kind === 'commit') this.transfers.closeWritten(call);
      return undefined;
    }
    const transaction = this.begin(rpc, call);
    transaction.handle = KINDS_WITH_LOGGED_HANDLE.has(kind) ? handle : undefined;
    this.session.advance(transaction, true, COMPLETE);
    if (kind === 'commit') this.transfers.closeWritten(call);
    return transaction;
  }

  private begin(rpc: RpcCall, call: NfsCall): NfsTransaction {
    const name = call.name ?? (call.handle && this.names.get(keyOf(call.handle))) ?? NAMELESS;
    return this.session.begin(new NfsTransaction(this.session.transactionCount, rpc, call, name));
  }

  // ── replies ──

  reply(bytes: Uint8Array, start: number, end: number, place: Place): IncompleteData | undefined {
    if (this.session.frames) nameMessage(this.session, false, place, bytes, start, end);
    if (isOther(bytes, start, end, CALL)) return undefined;
    const xdr = new Xdr(bytes, start, end);
    const rpc = readReply(xdr);
    const waiting = rpc && this.pending.take(rpc.xid);
    if (!rpc || !waiting) {
      if (!rpc) this.report('malformed_data');
      return undefined;
    }
    if (this.session.frames) nameContent(this.session, false, place, waiting.rpc.version, xdr.at - start);
    const { transaction, call } = waiting;
    const results = rpc.accepted ? readResults(xdr, waiting.rpc.version, call) : { status: 0 };
    if (transaction) transaction.accepted = rpc.accepted;
    if (results) return this.addReply(waiting, results, bytes, end);
    if (transaction && !transaction.transfer) this.session.complete(transaction);
    return undefined;
  }

  private addReply(
    { rpc, call, transaction }: PendingCall,
    reply: NfsReply,
    bytes: Uint8Array,
    end: number,
  ): IncompleteData | undefined {
    if (reply.handle && call.name && KINDS_THAT_NAME_HANDLE.has(call.kind))
      this.rememberName(reply.handle, call.name);
    if (!transaction) return undefined;
    transaction.status = reply.status;
    if (call.kind === 'lookup') transaction.handle = reply.handle;
    if (!transaction.transfer) {
      this.session.advance(transaction, false, COMPLETE);
      return undefined;
    }
    if (!reply.data || call.kind !== 'read') return undefined;
    const data = { ...reply.data, offset: call.offset!, xid: rpc.xid, isEnd: reply.isEnd === true };
    return this.transfers.beginData(transaction, data, bytes, end);
  }

  private rememberName(handle: Uint8Array, name: Uint8Array): void {
    if (this.names.size >= MAX_NAMES) this.names.delete(this.names.keys().next().value!);
    this.names.set(keyOf(handle), name);
  }

  /** Reports data that is not a valid message. */
  private report(event: (typeof EVENTS)[number]): void {
    const id = this.session.transactionCount;
    const transaction = this.session.begin(new NfsTransaction(id, undefined, undefined, NAMELESS));
    this.session.event(transaction, event);
    this.session.complete(transaction);
  }
}

/** The server also sends calls to the client (RFC 8881 2.10.3.1); these are not parsed. */
function isOther(bytes: Uint8Array, start: number, end: number, type: number): boolean {
  const xdr = new Xdr(bytes, start + 4, end);
  return xdr.uint32() === type && !xdr.failed;
}

/** Calls whose name belongs to the handle in their reply. */
const KINDS_THAT_NAME_HANDLE = new Set<NfsCall['kind']>(['lookup', 'create', 'read', 'write']);
const KINDS_WITH_LOGGED_HANDLE = new Set<NfsCall['kind']>(['create', 'rename', 'commit', 'other']);
/** CREATE, REMOVE and RENAME. */
const LOGGED_PROCEDURES_V4 = new Set([6, 28, 29]);
