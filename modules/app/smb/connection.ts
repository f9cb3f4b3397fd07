/** State of a connection: dialect, shares, open files and pipes, and requests without responses. */
import { GrowingBytes } from '../../../engine/application/growing-bytes.js';
import { PendingTransactions } from '../../../engine/application/pending-transactions.js';
import type { Session } from '../../../engine/application/session.js';
import { BoundedMap } from '../../../engine/memory/bounded-map.js';
import type { Call } from '../dcerpc/call.js';
import { FileTransfer } from './file-transfer.js';
import { Pipe } from './pipe.js';
import type { SmbSettings } from './settings.js';
import { COMPLETE, type Kind, type SmbEvent, SmbTransaction, type TreeConnect } from './transaction.js';

/** Header values common to both versions. */
export interface CommonHeader {
  readonly version: 1 | 2;
  readonly command: number;
  readonly sessionId: bigint;
  readonly treeId: number;
  /** Matches a response to its request. */
  readonly key: number;
}

/** A request that awaits its response. */
export interface PendingRequest {
  readonly command: number;
  readonly transaction?: SmbTransaction;
  /** For a read: the file, and the offset. */
  readonly read?: { readonly fuid: string; readonly offset: number };
  /** For calls in a pipe: the pipe, and the last call. */
  readonly pipe?: { readonly fuid: string; readonly call: SmbTransaction | undefined };
}

/** Receives bytes of a message. */
export interface DataSink {
  data(bytes: Uint8Array): void;
  gap(missing: number): void;
  end(): void;
}

/** Longer messages of a pipe are not reassembled. */
const MAX_PIPE_WRITE_LENGTH = 1 << 20;

const commandKey = ({ version, command }: Pick<CommonHeader, 'version' | 'command'>): number =>
  version * 65536 + command;

export class Connection {
  dialect = 'unknown';
  readonly settings: SmbSettings;
  readonly trees: BoundedMap<number, TreeConnect>;
  /** Names of open files by identifier. */
  readonly names: BoundedMap<string, string>;
  readonly pending: BoundedMap<number, PendingRequest>;
  /** Requests by version and command. */
  private readonly byCommand: PendingTransactions<number, SmbTransaction>;
  private readonly pipes: BoundedMap<string, Pipe>;
  private readonly reads: BoundedMap<string, FileTransfer>;
  private readonly writes: BoundedMap<string, FileTransfer>;

  constructor(readonly session: Session<SmbTransaction>) {
    const settings = session.settings as SmbSettings;
    this.settings = settings;
    const close = (transfer: FileTransfer) => transfer.close('truncated');
    this.trees = new BoundedMap(settings.trees);
    this.names = new BoundedMap(settings.guids);
    this.pending = new BoundedMap(settings.maxTransactions + settings.reads);
    this.byCommand = new PendingTransactions(session);
    this.pipes = new BoundedMap(settings.pipes);
    this.reads = new BoundedMap(settings.openFiles, close);
    this.writes = new BoundedMap(settings.openFiles, close);
    session.requests.streamDepth = settings.streamDepth;
  }

  // ── transactions ──

  begin(header: CommonHeader, kind: Kind): SmbTransaction {
    const { session, settings } = this;
    const { version, command } = header;
    const transaction = new SmbTransaction(session.transactionCount, version, command, kind, this.dialect);
    transaction.sessionId = header.sessionId;
    transaction.treeId = header.treeId;
    if (session.transactions.length - session.completed >= settings.maxTransactions) {
      session.completeOldest();
      session.begin(transaction);
      session.event(transaction, 'too_many_transactions');
      return transaction;
    }
    return session.begin(transaction);
  }

  /** Adds a request that awaits a response. */
  addRequest(header: CommonHeader, kind: Kind): SmbTransaction {
    const transaction = this.begin(header, kind);
    this.pending.set(header.key, { command: header.command, transaction });
    this.byCommand.add(commandKey(header), transaction);
    this.session.advance(transaction, true, COMPLETE);
    return transaction;
  }

  /** Adds a dialect negotiation, which should occur once. */
  addNegotiate(header: CommonHeader): SmbTransaction {
    const before = this.oldestRequest(header);
    const transaction = this.addRequest(header, 'negotiate');
    if (before) this.session.event(transaction, 'duplicate_negotiate');
    return transaction;
  }

  /**
   * The oldest request with this command that awaits its response, for responses whose key is not that of a request. A
   * call written to a pipe is not answered by the response to the write, but by a later read: it is none of these.
   */
  oldestRequest(header: Pick<CommonHeader, 'version' | 'command'>): SmbTransaction | undefined {
    return this.byCommand.find(commandKey(header));
  }

  /** Handles a response. */
  addResponse(transaction: SmbTransaction, status: number, isDos = false): void {
    transaction.status = status;
    transaction.isDosStatus = isDos;
    transaction.dialect = this.dialect;
    this.session.advance(transaction, false, COMPLETE);
  }

  /** Reports an event that belongs to no request or response. */
  report(event: SmbEvent, toServer: boolean, version: 1 | 2 = 2): void {
    const header = { version, command: 0, sessionId: 0n, treeId: 0, key: 0 };
    const transaction = this.begin(header, 'generic');
    transaction.silent = true;
    this.session.event(transaction, event);
    if (toServer) transaction.progressToClient = COMPLETE;
    else transaction.progressToServer = COMPLETE;
    this.session.advance(transaction, toServer, COMPLETE);
  }

  // ── files and pipes ──

  nameOf(fuid: string): string {
    return this.names.get(fuid) ?? '<unknown>';
  }

  /** Receives the bytes of a file that are read or written from `offset` on. */
  fileSink(header: CommonHeader, fuid: string, offset: number, length: number, toServer: boolean): DataSink {
    const transfer = this.transferOf(header, fuid, toServer);
    transfer.begin(offset, length);
    return transfer;
  }

  private transferOf(header: CommonHeader, fuid: string, toServer: boolean): FileTransfer {
    const open = toServer ? this.writes : this.reads;
    const known = open.get(fuid);
    if (known) return known;
    const transaction = this.begin(header, 'file');
    const name = this.nameOf(fuid);
    transaction.status = 0;
    const share = this.trees.get(header.treeId)?.share ?? '';
    transaction.detail.file = { name, fuid, share };
    const transfer = new FileTransfer(this.session, transaction, name, toServer);
    open.set(fuid, transfer);
    this.session.advance(transaction, toServer, 0);
    return transfer;
  }

  /** Receives the bytes that are written to a pipe, or read from it. */
  pipeSink(header: CommonHeader, fuid: string, toServer: boolean, status = 0): DataSink {
    const content = new GrowingBytes(0, MAX_PIPE_WRITE_LENGTH);
    return {
      data(bytes) {
        content.append(bytes, 0, Math.min(bytes.length, MAX_PIPE_WRITE_LENGTH - content.length));
      },
      gap: () => {},
      end: () => this.pipeData(header, fuid, content.view(), toServer, status),
    };
  }

  /** Bytes written to a pipe, or read from it. @returns the last call that began in them */
  pipeData(
    header: CommonHeader,
    fuid: string,
    bytes: Uint8Array,
    toServer: boolean,
    status = 0,
  ): SmbTransaction | undefined {
    let begun: SmbTransaction | undefined;
    let pipe = this.pipes.get(fuid);
    if (!pipe) {
      pipe = new Pipe();
      this.pipes.set(fuid, pipe);
    }
    pipe.write(bytes, toServer, {
      begin: call => {
        begun = this.beginCall(header, call);
        return begun;
      },
      requested: transaction => this.session.advance(transaction, true, COMPLETE),
      answered: transaction => this.addResponse(transaction, status),
    });
    return begun;
  }

  /** The response to a message that carries calls: an error ends the call. */
  endFailedCall(call: SmbTransaction | undefined, status: number, isDos = false): void {
    if (call && status >= 0xc0000000 && call.progressToClient < COMPLETE)
      this.addResponse(call, status, isDos);
  }

  private beginCall(header: CommonHeader, call: Call): SmbTransaction {
    const transaction = this.begin(header, 'dcerpc');
    transaction.detail.call = call;
    return transaction;
  }

  /** Whether a tree is a share of pipes; undefined if unknown. */
  isPipe(treeId: number): boolean | undefined {
    return this.trees.get(treeId)?.isPipe;
  }

  /** The file is closed: nothing more of it will be read or written. */
  closeFile(fuid: string): void {
    this.reads.take(fuid)?.close('closed');
    this.writes.take(fuid)?.close('closed');
    this.pipes.take(fuid);
    this.names.take(fuid);
  }

  /** The connection has ended. */
  finish(): void {
    for (const transfers of [this.reads, this.writes])
      for (const transfer of transfers.values()) transfer.close('truncated');
  }
}
