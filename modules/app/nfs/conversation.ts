/** A conversation of NFS: calls with their replies, names of files by their handles, and what is read and written. */
import type { Session } from '../../../engine/application/session.js';
import type { FileSettings } from '../../../engine/files/file-settings.js';
import { type BodyMemory, FILE_LIMITS, InspectedBody } from '../../../engine/files/inspected-body.js';
import { TrackedFile } from '../../../engine/files/tracked-file.js';
import { type NfsCall, type NfsReply, readArguments, readResults } from './message.js';
import { CALL, NFS, REPLY, type RpcCall, readCall, readReply } from './rpc.js';
import { COMPLETE, type EVENTS, NfsTransaction, STARTED, type Transfer } from './transaction.js';
import { Xdr } from './xdr.js';

export type NfsSession = Session<NfsTransaction>;

export interface NfsSettings {
  readonly files: FileSettings;
  readonly memory: BodyMemory;
  readonly mostTransactions: number;
}

/** Names of files that are remembered. */
const MOST_NAMES = 1024;
const NAMELESS = new Uint8Array(0);

interface Waiting {
  readonly rpc: RpcCall;
  readonly call: NfsCall;
  readonly transaction: NfsTransaction | undefined;
}

/** File data that goes on behind what was looked at. */
export interface Rest {
  readonly transfer: Transfer;
  readonly transaction: NfsTransaction;
  length: number;
}

const keyOf = (handle: Uint8Array): string => Buffer.from(handle).toString('latin1');

export class NfsConversation {
  private readonly waiting = new Map<number, Waiting>();
  private readonly names = new Map<string, Uint8Array>();
  /** Transactions of files by direction and handle. */
  private readonly transfers = new Map<string, NfsTransaction>();
  private readonly settings: NfsSettings;

  constructor(private readonly session: NfsSession) {
    this.settings = session.settings as NfsSettings;
  }

  // ── calls ──

  /** A call, or its beginning. @param bytes `bytes[start, end)`; not kept  @returns file data that is not all there */
  call(bytes: Uint8Array, start: number, end: number): Rest | undefined {
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
    const call = readArguments(xdr, rpc.version, rpc.procedure);
    if (!call) {
      this.report('malformed_data');
      return undefined;
    }
    const transaction = this.transactionOf(rpc, call);
    this.wait({ rpc, call, transaction });
    return transaction && call.data && this.take(transaction, call.offset!, call.data, bytes, end, rpc.xid);
  }

  /** Calls without a reply are forgotten beyond some. */
  private wait(waiting: Waiting): void {
    if (this.waiting.size >= this.settings.mostTransactions) {
      const [oldest] = this.waiting;
      this.waiting.delete(oldest![0]);
      const late = oldest![1].transaction;
      if (late && !late.transfer) {
        this.session.event(late, 'too_many_transactions');
        this.session.complete(late);
      }
    }
    this.waiting.set(waiting.rpc.xid, waiting);
  }

  private transactionOf(rpc: RpcCall, call: NfsCall): NfsTransaction | undefined {
    if (call.kind === 'read' || call.kind === 'write') return this.transferOf(rpc, call);
    // Of version 4 Suricata tells little but files.
    if (call.kind === 'untold') return undefined;
    if (rpc.version === 4 && !TOLD_4.has(call.procedure)) {
      if (call.kind === 'close' || call.kind === 'commit') this.closeWritten(call.handle);
      return undefined;
    }
    const transaction = this.begin(rpc, call);
    transaction.handle = TOLD_HANDLES.has(call.kind) ? call.handle : undefined;
    this.session.advance(transaction, true, COMPLETE);
    if (call.kind === 'commit') this.closeWritten(call.handle);
    return transaction;
  }

  private begin(rpc: RpcCall, call: NfsCall): NfsTransaction {
    const name = call.name ?? (call.handle && this.names.get(keyOf(call.handle))) ?? NAMELESS;
    return this.session.begin(new NfsTransaction(this.session.transactionCount, rpc, call, name));
  }

  /** The transaction of all reads, or all writes, of the file. */
  private transferOf(rpc: RpcCall, call: NfsCall): NfsTransaction {
    const key = `${call.kind}${keyOf(call.handle ?? NAMELESS)}`;
    const known = this.transfers.get(key);
    if (known && known.transfer!.body.file!.state === 'open') return known;
    const transaction = this.begin(rpc, call);
    const toServer = call.kind === 'write';
    transaction.handle = call.handle;
    transaction.transfer = this.newTransfer(transaction, toServer);
    this.remember(key, transaction);
    this.session.advance(transaction, true, toServer ? STARTED : COMPLETE);
    return transaction;
  }

  private newTransfer(transaction: NfsTransaction, toServer: boolean): Transfer {
    const { files, memory } = this.settings;
    const body = new InspectedBody(FILE_LIMITS, this.session.sides.inline, memory, files.streamDepth ?? 0);
    body.file = new TrackedFile(transaction.name, toServer, files);
    transaction.files = [body.file];
    if (files.streamDepth !== undefined) this.session.requests.streamDepth = files.streamDepth;
    return { toServer, body, chunks: 0, lastXid: 0, isLast: false };
  }

  private remember(key: string, transaction: NfsTransaction): void {
    this.transfers.set(key, transaction);
    if (this.transfers.size <= this.settings.mostTransactions) return;
    const [oldest] = this.transfers;
    this.transfers.delete(oldest![0]);
    this.close(oldest![1], 'truncated');
  }

  // ── replies ──

  reply(bytes: Uint8Array, start: number, end: number): Rest | undefined {
    if (isOther(bytes, start, end, CALL)) return undefined;
    const xdr = new Xdr(bytes, start, end);
    const rpc = readReply(xdr);
    const waiting = rpc && this.waiting.get(rpc.xid);
    if (!rpc || !waiting) {
      if (!rpc) this.report('malformed_data');
      return undefined;
    }
    this.waiting.delete(rpc.xid);
    const { transaction, call } = waiting;
    const results = rpc.accepted ? readResults(xdr, waiting.rpc.version, call) : { status: 0 };
    if (transaction) transaction.accepted = rpc.accepted;
    if (results) return this.answer(waiting, results, bytes, end);
    if (transaction && !transaction.transfer) this.session.complete(transaction);
    return undefined;
  }

  private answer(
    { rpc, call, transaction }: Waiting,
    reply: NfsReply,
    bytes: Uint8Array,
    end: number,
  ): Rest | undefined {
    if (reply.handle && call.name && (call.kind === 'lookup' || call.kind === 'create'))
      this.name(reply.handle, call.name);
    if (!transaction) return undefined;
    transaction.status = reply.status;
    if (call.kind === 'lookup') transaction.handle = reply.handle;
    if (!transaction.transfer) {
      this.session.advance(transaction, false, COMPLETE);
      return undefined;
    }
    if (!reply.data || call.kind !== 'read') return undefined;
    if (reply.isEnd) transaction.transfer.isLast = true;
    return this.take(transaction, call.offset!, reply.data, bytes, end, rpc.xid);
  }

  private name(handle: Uint8Array, name: Uint8Array): void {
    if (this.names.size >= MOST_NAMES) this.names.delete(this.names.keys().next().value!);
    this.names.set(keyOf(handle), name);
  }

  // ── files ──

  /** Data of a file; what is not there yet is told back. */
  private take(
    transaction: NfsTransaction,
    offset: number,
    { at, length }: { at: number; length: number },
    bytes: Uint8Array,
    end: number,
    xid: number,
  ): Rest | undefined {
    const transfer = transaction.transfer!;
    const file = transfer.body.file!;
    transfer.chunks++;
    transfer.lastXid = xid;
    // What was there already is not taken again.
    if (offset < file.size) return this.ifLast(transaction);
    if (offset > file.size) file.gap(offset - file.size);
    const here = Math.min(end, at + length);
    const rest = { transfer, transaction, length: at + length - here };
    this.more(rest, bytes, at, here);
    return rest.length > 0 ? rest : undefined;
  }

  /** `bytes[start, end)` of a file. Its last byte ends the file where the reply said so. */
  more({ transfer, transaction, length }: Rest, bytes: Uint8Array, start: number, end: number): void {
    const { body, toServer } = transfer;
    body.append(bytes.subarray(start, end));
    if (length <= 0) this.ifLast(transaction);
    if (body.show(false)) this.session.advance(transaction, toServer, STARTED);
    else this.session.advance(transaction, toServer, toServer ? STARTED : transaction.progressToClient);
  }

  private ifLast(transaction: NfsTransaction): undefined {
    if (transaction.transfer!.isLast) this.close(transaction, 'closed');
    return undefined;
  }

  /** Bytes of a file were lost. */
  lost({ transfer }: Rest, missing: number): void {
    transfer.body.file!.gap(missing);
  }

  private closeWritten(handle: Uint8Array | undefined): void {
    const written = handle && this.transfers.get(`write${keyOf(handle)}`);
    if (!written) return;
    const { transfer } = written;
    transfer!.isLast = true;
    if (written.rpc!.version !== 4) this.close(written, 'closed');
    else {
      transfer!.body.file!.close();
      transfer!.body.show(true);
      this.session.advance(written, true, STARTED);
    }
  }

  private close(transaction: NfsTransaction, state: 'closed' | 'truncated'): void {
    const { body } = transaction.transfer!;
    body.file!.close(state);
    body.show(true);
    this.session.complete(transaction);
  }

  /** A direction of a stream ended: its files do. */
  ended(toServer: boolean): void {
    for (const transaction of this.transfers.values()) {
      if (transaction.transfer!.toServer !== toServer) continue;
      this.close(transaction, 'closed');
    }
  }

  /** Something that is no message. */
  private report(event: (typeof EVENTS)[number]): void {
    const id = this.session.transactionCount;
    const transaction = this.session.begin(new NfsTransaction(id, undefined, undefined, NAMELESS));
    this.session.event(transaction, event);
    this.session.complete(transaction);
  }
}

/** The server calls the client too (RFC 8881 2.10.3.1); that is not looked at. */
function isOther(bytes: Uint8Array, start: number, end: number, type: number): boolean {
  const xdr = new Xdr(bytes, start + 4, end);
  return xdr.uint32() === type && !xdr.failed;
}

const TOLD_HANDLES = new Set<NfsCall['kind']>(['create', 'rename', 'commit', 'other']);
/** REMOVE and RENAME. */
const TOLD_4 = new Set([28, 29]);
