/** Files that are read or written: a transaction each, with their contents. */

import type { Session } from '../../../engine/application/session.js';
import type { FileSettings } from '../../../engine/files/file-settings.js';
import { type BodyMemory, FILE_LIMITS, InspectedBody } from '../../../engine/files/inspected-body.js';
import { TrackedFile } from '../../../engine/files/tracked-file.js';
import { latin1 } from '../../../engine/latin1.js';
import { COMPLETE, type NfsTransaction, STARTED, type Transfer } from './transaction.js';

export type NfsSession = Session<NfsTransaction>;

export interface NfsSettings {
  readonly files: FileSettings;
  readonly memory: BodyMemory;
  readonly mostTransactions: number;
}

/** File data that goes on behind what was looked at. */
export interface Rest {
  readonly transfer: Transfer;
  readonly transaction: NfsTransaction;
  length: number;
}

/** File data in a message: from which byte of the file on, and where in the message. */
export interface FileData {
  readonly offset: number;
  readonly at: number;
  readonly length: number;
  readonly xid: number;
}

type Kind = 'read' | 'write';

const NAMELESS = new Uint8Array(0);

/** A handle, as a key of maps. */
export const keyOf = (handle: Uint8Array): string => latin1(handle);

const keyOfTransfer = (kind: Kind, handle: Uint8Array | undefined): string =>
  `${kind}${keyOf(handle ?? NAMELESS)}`;

export class Transfers {
  /** Transactions by what is done and handle. */
  private readonly open = new Map<string, NfsTransaction>();
  private readonly settings: NfsSettings;

  constructor(private readonly session: NfsSession) {
    this.settings = session.settings as NfsSettings;
  }

  /** The transaction of all reads, or all writes, of a file, where there is one. */
  find(kind: Kind, handle: Uint8Array | undefined): NfsTransaction | undefined {
    const known = this.open.get(keyOfTransfer(kind, handle));
    return known && known.transfer!.body.file!.state === 'open' ? known : undefined;
  }

  /** A file begins to be read or written. */
  begin(kind: Kind, handle: Uint8Array | undefined, transaction: NfsTransaction): NfsTransaction {
    const toServer = kind === 'write';
    transaction.handle = handle;
    transaction.transfer = this.newTransfer(transaction, toServer);
    this.remember(keyOfTransfer(kind, handle), transaction);
    this.session.advance(transaction, true, toServer ? STARTED : COMPLETE);
    return transaction;
  }

  private newTransfer(transaction: NfsTransaction, toServer: boolean): Transfer {
    const { files, memory } = this.settings;
    const body = new InspectedBody(FILE_LIMITS, this.session.sides.inline, memory, files.streamDepth ?? 0);
    body.file = new TrackedFile(transaction.name, toServer, files);
    transaction.addFile(body.file);
    this.session.followFile(files);
    return { toServer, body, chunks: 0, lastXid: 0, isLast: false };
  }

  private remember(key: string, transaction: NfsTransaction): void {
    this.open.set(key, transaction);
    if (this.open.size <= this.settings.mostTransactions) return;
    const [oldest] = this.open;
    this.open.delete(oldest![0]);
    this.close(oldest![1], 'truncated');
  }

  /** Data of a file in `bytes[0, end)`. @returns what is not there yet */
  take(
    transaction: NfsTransaction,
    { offset, at, length, xid }: FileData,
    bytes: Uint8Array,
    end: number,
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

  /** What was written to a file is told to be complete. */
  closeWritten(handle: Uint8Array | undefined): void {
    const written = handle && this.open.get(keyOfTransfer('write', handle));
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
    for (const transaction of this.open.values()) {
      if (transaction.transfer!.toServer !== toServer) continue;
      this.close(transaction, 'closed');
    }
  }
}
