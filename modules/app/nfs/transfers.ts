/** Files that are read or written: one transaction each, with their contents. */

import type { Session } from '../../../engine/application/session.js';
import { type ChunkEvents, FileChunks, type QueueLimits } from '../../../engine/files/file-chunks.js';
import type { FileSettings } from '../../../engine/files/file-settings.js';
import { type BodyMemory, FILE_LIMITS, InspectedBody } from '../../../engine/files/inspected-body.js';
import { TrackedFile } from '../../../engine/files/tracked-file.js';
import { latin1 } from '../../../engine/latin1.js';
import type { NfsCall } from './call.js';
import type { RpcCall } from './rpc.js';
import { COMPLETE, type NfsTransaction, STARTED, type Transfer } from './transaction.js';

export type NfsSession = Session<NfsTransaction>;

export interface NfsSettings {
  readonly files: FileSettings;
  readonly memory: BodyMemory;
  readonly maxTransactions: number;
  readonly queue: QueueLimits;
}

/** Suricata has no events for it; and lost requests are sent again with other identifiers, or never. */
const NO_EVENTS: ChunkEvents = { overlap: () => {}, full: () => 'skip gap' };

/** File data that continues after the parsed part. */
export interface IncompleteData {
  readonly transfer: Transfer;
  readonly transaction: NfsTransaction;
  length: number;
  /** The operations after it; if no data is left, at this offset in the parsed bytes. */
  readonly more?: { readonly rpc: RpcCall; readonly call: NfsCall; readonly at: number };
}

/** File data in a message: its offset in the file, and in the message. */
export interface FileData {
  readonly offset: number;
  readonly at: number;
  readonly length: number;
  readonly xid: number;
  /** The file ends after it. */
  readonly isEnd: boolean;
}

type Kind = 'read' | 'write';

const NAMELESS = new Uint8Array(0);

/** A handle as a key of maps. */
export const keyOf = (handle: Uint8Array): string => latin1(handle);

const keyOfTransfer = (kind: Kind, { handle, subpath = '' }: Pick<NfsCall, 'handle' | 'subpath'>): string =>
  `${kind}${keyOf(handle ?? NAMELESS)}${subpath}`;

export class Transfers {
  /** Transactions by operation and handle. */
  private readonly open = new Map<string, NfsTransaction>();
  private readonly settings: NfsSettings;

  constructor(private readonly session: NfsSession) {
    this.settings = session.settings as NfsSettings;
  }

  /** The transaction of all reads, or all writes, of a file, if there is one. */
  find(kind: Kind, call: NfsCall): NfsTransaction | undefined {
    const known = this.open.get(keyOfTransfer(kind, call));
    return known && known.transfer!.body.file!.state === 'open' ? known : undefined;
  }

  /** Begins the reads or writes of a file. */
  begin(kind: Kind, call: NfsCall, transaction: NfsTransaction): NfsTransaction {
    const toServer = kind === 'write';
    transaction.handle = call.handle;
    transaction.transfer = this.newTransfer(transaction, toServer);
    this.remember(keyOfTransfer(kind, call), transaction);
    this.session.advance(transaction, true, toServer ? STARTED : COMPLETE);
    return transaction;
  }

  private newTransfer(transaction: NfsTransaction, toServer: boolean): Transfer {
    const { files, memory, queue } = this.settings;
    const body = new InspectedBody(
      FILE_LIMITS,
      this.session.endpoints.inline,
      memory,
      files.streamDepth ?? 0,
    );
    body.file = new TrackedFile(transaction.name, toServer, files);
    transaction.addFile(body.file);
    this.session.applyFileDepth(files);
    const fileChunks = new FileChunks(body, queue, NO_EVENTS);
    return { toServer, body, fileChunks, chunks: 0, lastXid: 0, isLast: false, length: undefined };
  }

  private remember(key: string, transaction: NfsTransaction): void {
    this.open.set(key, transaction);
    if (this.open.size <= this.settings.maxTransactions) return;
    const [oldest] = this.open;
    this.open.delete(oldest![0]);
    this.close(oldest![1], 'truncated');
  }

  /** File data in `bytes[0, end)`. @returns the part that is missing */
  beginData(
    transaction: NfsTransaction,
    { offset, at, length, xid, isEnd }: FileData,
    bytes: Uint8Array,
    end: number,
  ): IncompleteData | undefined {
    const transfer = transaction.transfer!;
    transfer.chunks++;
    transfer.lastXid = xid;
    if (isEnd) {
      transfer.isLast = true;
      transfer.length = offset + length;
    }
    const here = Math.min(end, at + length);
    const rest = { transfer, transaction, length: at + length - here };
    transfer.fileChunks.begin(offset, length);
    this.addData(rest, bytes, at, here);
    return rest.length > 0 ? rest : undefined;
  }

  /** `bytes[start, end)` of a file. Its last byte ends the file if the reply said so. */
  addData(
    { transfer, transaction, length }: IncompleteData,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    const { body, fileChunks, toServer } = transfer;
    fileChunks.data(bytes.subarray(start, end));
    if (length <= 0) this.endChunk(transaction);
    if (body.updateVisible(false)) this.session.advance(transaction, toServer, STARTED);
    else this.session.advance(transaction, toServer, toServer ? STARTED : transaction.progressToClient);
  }

  private endChunk(transaction: NfsTransaction): void {
    const { fileChunks, length } = transaction.transfer!;
    fileChunks.end();
    if (length !== undefined && fileChunks.next >= length) this.close(transaction, 'closed');
  }

  /** Bytes of a file were lost: those of `rest`, which becomes shorter by them. */
  lost({ transfer, transaction, length }: IncompleteData, missing: number): void {
    transfer.fileChunks.gap(missing);
    if (length <= 0) this.endChunk(transaction);
  }

  /** CLOSE or COMMIT: the written file is complete. */
  closeWritten(call: NfsCall): void {
    const written = call.handle && this.open.get(keyOfTransfer('write', call));
    if (!written) return;
    const { transfer } = written;
    transfer!.isLast = true;
    if (written.rpc!.version !== 4) this.close(written, 'closed');
    else {
      transfer!.fileChunks.finish();
      transfer!.body.file!.close();
      transfer!.body.updateVisible(true);
      this.session.advance(written, true, STARTED);
    }
  }

  private close(transaction: NfsTransaction, state: 'closed' | 'truncated'): void {
    const { body, fileChunks } = transaction.transfer!;
    fileChunks.finish();
    body.file!.close(state);
    body.updateVisible(true);
    this.session.complete(transaction);
  }

  /** A direction of a stream ended, and its files with it. @param cut whether the stream continues unread */
  ended(toServer: boolean, cut: boolean): void {
    for (const transaction of this.open.values()) {
      if (transaction.transfer!.toServer !== toServer) continue;
      this.close(transaction, cut ? 'truncated' : 'closed');
    }
  }
}
