/** A file that is read or written, piece by piece: pieces that come early wait for what lies before them. */
import type { Session } from '../../../engine/application/session.js';
import { FILE_LIMITS, InspectedBody } from '../../../engine/files/inspected-body.js';
import { TrackedFile } from '../../../engine/files/tracked-file.js';
import type { QueueLimits, SmbSettings } from './settings.js';
import { COMPLETE, type SmbEvent, type SmbTransaction } from './transaction.js';

interface Piece {
  readonly offset: number;
  readonly chunks: Uint8Array[];
  length: number;
}

export class FileTransfer {
  private readonly file: TrackedFile;
  private readonly body: InspectedBody;
  private readonly limits: QueueLimits;
  /** Offset in the file of the next byte in order. */
  private next = 0;
  private readonly queue: Piece[] = [];
  private queued = 0;
  /** Where the bytes of the piece in hand go. */
  private early: Piece | undefined;
  private overlapping = 0;
  private passing = false;

  constructor(
    private readonly session: Session<SmbTransaction>,
    readonly transaction: SmbTransaction,
    name: string,
    private readonly toServer: boolean,
  ) {
    const { files, memory, readQueue, writeQueue } = session.settings as SmbSettings;
    this.file = new TrackedFile(Buffer.from(name, 'latin1'), toServer, files);
    this.limits = toServer ? writeQueue : readQueue;
    this.body = new InspectedBody(FILE_LIMITS, session.sides.inline, memory, 0);
    this.body.file = this.file;
    transaction.addFile(this.file);
    transaction.body = this.body;
    transaction.bodyToServer = toServer;
  }

  /** Bytes of the file from `offset` on follow. */
  begin(offset: number, length: number): void {
    this.early = undefined;
    this.passing = false;
    this.overlapping = Math.max(0, Math.min(length, this.next - offset));
    if (this.overlapping > 0) this.session.event(this.transaction, 'file_overlap');
    if (offset > this.next) this.beginEarly(offset, length);
  }

  private beginEarly(offset: number, length: number): void {
    const { size, count } = this.limits;
    if (size > 0 && this.queued + length > size) this.refuse('queue_size_exceeded');
    else if (count > 0 && this.queue.length >= count) this.refuse('queue_cnt_exceeded');
    else this.early = { offset, chunks: [], length: 0 };
  }

  private refuse(what: 'queue_size_exceeded' | 'queue_cnt_exceeded'): void {
    const event: SmbEvent = `${this.toServer ? 'write' : 'read'}_${what}`;
    this.session.event(this.transaction, event);
    this.passing = true;
  }

  data(bytes: Uint8Array): void {
    if (this.passing) return;
    if (this.early) {
      this.early.chunks.push(bytes.slice());
      this.early.length += bytes.length;
      this.queued += bytes.length;
      return;
    }
    const known = Math.min(this.overlapping, bytes.length);
    this.overlapping -= known;
    if (known < bytes.length) this.append(known > 0 ? bytes.subarray(known) : bytes);
  }

  /** Bytes of the piece in hand are missing. */
  gap(missing: number): void {
    if (this.passing) return;
    if (this.early) {
      // What comes behind is another piece.
      const { offset, length } = this.early;
      this.end();
      this.early = { offset: offset + length + missing, chunks: [], length: 0 };
      return;
    }
    const lost = missing - Math.min(this.overlapping, missing);
    this.overlapping -= missing - lost;
    this.miss(lost);
  }

  /** The piece in hand is over. */
  end(): void {
    const { early } = this;
    this.early = undefined;
    if (early && early.length > 0) {
      const at = this.queue.findIndex(({ offset }) => offset > early.offset);
      this.queue.splice(at < 0 ? this.queue.length : at, 0, early);
    }
    this.drain();
    if (this.body.show(false)) this.session.advance(this.transaction, this.toServer, 0);
  }

  /** Nothing more will come. */
  close(state: 'closed' | 'truncated'): void {
    if (this.file.state !== 'open') return;
    this.end();
    for (const { offset } of [...this.queue]) {
      this.miss(offset - this.next);
      this.drain();
    }
    this.file.close(state);
    this.body.show(true);
    this.session.advance(this.transaction, this.toServer, COMPLETE);
    this.session.complete(this.transaction);
  }

  private drain(): void {
    while (this.queue.length > 0 && this.queue[0]!.offset <= this.next) {
      const { offset, chunks, length } = this.queue.shift()!;
      this.queued -= length;
      let known = this.next - offset;
      for (const chunk of chunks) {
        if (known < chunk.length) this.append(chunk.subarray(known));
        known = Math.max(0, known - chunk.length);
      }
    }
  }

  private append(bytes: Uint8Array): void {
    this.next += bytes.length;
    this.body.append(bytes);
  }

  private miss(count: number): void {
    if (count <= 0) return;
    this.next += count;
    this.file.gap(count);
  }
}
