/** A file that is read or written in pieces. */
import type { Session } from '../../../engine/application/session.js';
import { FileChunks } from '../../../engine/files/file-chunks.js';
import { FILE_LIMITS, InspectedBody } from '../../../engine/files/inspected-body.js';
import { TrackedFile } from '../../../engine/files/tracked-file.js';
import type { SmbSettings } from './settings.js';
import { COMPLETE, type SmbTransaction } from './transaction.js';

/** File offsets have 63 bits; all ones mean the end of the file (FILE_WRITE_TO_END_OF_FILE of MS-FSA). */
const NO_OFFSET = 2 ** 63;

export class FileTransfer {
  private readonly file: TrackedFile;
  private readonly body: InspectedBody;
  private readonly pieces: FileChunks;

  constructor(
    private readonly session: Session<SmbTransaction>,
    readonly transaction: SmbTransaction,
    name: string,
    private readonly toServer: boolean,
  ) {
    const { files, memory, readQueue, writeQueue } = session.settings as SmbSettings;
    this.file = new TrackedFile(Buffer.from(name, 'latin1'), toServer, files);
    this.body = new InspectedBody(FILE_LIMITS, session.endpoints.inline, memory, 0);
    this.body.file = this.file;
    this.pieces = new FileChunks(this.body, toServer ? writeQueue : readQueue, {
      overlap: () => session.event(transaction, 'file_overlap'),
      full(what) {
        session.event(transaction, `${toServer ? 'write' : 'read'}_${what}`);
        return 'discard';
      },
    });
    transaction.addFile(this.file);
    transaction.body = this.body;
    transaction.bodyToServer = toServer;
  }

  /** Bytes of the file from `offset` on follow; from its end on if that is not a valid offset. */
  begin(offset: number, length: number): void {
    this.pieces.begin(offset >= NO_OFFSET ? this.pieces.next : offset, length);
  }

  data(bytes: Uint8Array): void {
    this.pieces.data(bytes);
  }

  /** Bytes of the current piece are missing. */
  gap(missing: number): void {
    this.pieces.gap(missing);
  }

  /** The current piece has ended. */
  end(): void {
    this.pieces.end();
    this.reportData();
  }

  private reportData(): void {
    if (this.body.updateVisible(false)) this.session.advance(this.transaction, this.toServer, 0);
  }

  /** No more bytes will follow. */
  close(state: 'closed' | 'truncated'): void {
    if (this.file.state !== 'open') return;
    this.pieces.finish();
    this.reportData();
    this.file.close(state);
    this.body.updateVisible(true);
    this.session.advance(this.transaction, this.toServer, COMPLETE);
    this.session.complete(this.transaction);
  }
}
