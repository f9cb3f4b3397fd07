/** The body of a request: kept for inspection, and followed as a file or as the parts of a form. */
import { GrowingBytes } from '../../../engine/application/growing-bytes.js';
import type { InspectedBody } from '../../../engine/files/inspected-body.js';
import { TrackedFile } from '../../../engine/files/tracked-file.js';
import { latin1 } from '../../../engine/latin1.js';
import { EMPTY } from './bytes.js';
import type { Connection } from './connection.js';
import { type ContentDecoder, decoderOf } from './content-decoder.js';
import type { HttpEvent } from './events.js';
import { FileName } from './file-name.js';
import { boundaryOf, Multipart } from './multipart.js';
import type { HttpTransaction } from './transaction.js';

export class RequestBody {
  private readonly body: InspectedBody;
  private readonly decoder: ContentDecoder | undefined;
  private multipart: Multipart | undefined;
  private file: TrackedFile | undefined;
  private readonly report: (event: HttpEvent) => void;
  private begun = false;

  constructor(
    private readonly connection: Connection,
    private readonly transaction: HttpTransaction,
  ) {
    this.body = connection.newBody(true);
    transaction.request.body = this.body;
    this.report = event => connection.report(transaction, event);
    const encoding = transaction.request.headers!.value('content-encoding');
    const { server } = connection;
    this.decoder = decoderOf(encoding, server, bytes => this.decoded(bytes), this.report);
  }

  write(bytes: Uint8Array): void {
    this.body.wireLength += bytes.length;
    if (this.decoder) this.decoder.write(bytes);
    else this.decoded(bytes);
    this.connection.reportBody(this.transaction, true, false);
  }

  /** Bytes are missing. */
  gap(missing: number): void {
    this.body.wireLength += missing;
    if (!this.begun) this.begin();
    this.file?.gap(missing);
    this.multipart?.gap(missing);
  }

  /** @param cut whether the stream ended before the body */
  end(cut: boolean): void {
    this.decoder?.end();
    this.multipart?.end();
    for (const file of this.transaction.files ?? [])
      if (file.toServer) file.close(cut ? 'truncated' : 'closed');
    this.connection.reportBody(this.transaction, true, true);
  }

  private decoded(bytes: Uint8Array): boolean {
    if (!this.begun) this.begin();
    if (this.multipart) this.readForm(this.multipart, bytes);
    return this.body.append(bytes) || this.multipart !== undefined;
  }

  /** A form is followed as far as a file would be; there the current file is truncated. */
  private readForm(form: Multipart, bytes: Uint8Array): void {
    const { files } = this.connection.settings;
    const limit = files.streamDepth ?? this.connection.server.request.limit;
    const room = limit === 0 ? bytes.length : limit - this.body.length;
    form.write(room < bytes.length ? bytes.subarray(0, Math.max(0, room)) : bytes);
    if (room >= bytes.length) return;
    form.end();
    this.multipart = undefined;
    for (const file of this.transaction.files ?? []) if (file.toServer) file.close('truncated');
  }

  /** Decides by the first bytes whether it is a file, a form, or neither. */
  private begin(): void {
    this.begun = true;
    const { request } = this.transaction;
    const method = latin1(request.method);
    if (method !== 'POST' && method !== 'PUT') return;
    const type = request.headers!.text('content-type') ?? '';
    const boundary = method === 'POST' ? boundaryOf(type) : undefined;
    if (boundary) this.beginForm(boundary);
    else this.beginFile();
  }

  private beginForm(boundary: string): void {
    const { transaction, connection } = this;
    const contents: GrowingBytes[] = [];
    let kept = 0;
    transaction.request.multipart = contents;
    this.multipart = new Multipart(boundary, {
      open: name => {
        const file = new TrackedFile(FileName.bounded(name, this.report), true, connection.settings.files);
        connection.addFile(transaction, file);
        contents.push(new GrowingBytes());
        return file;
      },
      close: file => connection.closeFile(file),
      content: bytes => {
        const { limit } = connection.server.request;
        if (limit > 0 && kept >= limit) return;
        kept += bytes.length;
        contents.at(-1)?.append(bytes);
      },
      report: this.report,
    });
  }

  private beginFile(): void {
    const { transaction, connection } = this;
    const name = transaction.request.uri?.path ?? EMPTY;
    const bounded = FileName.bounded(name, this.report);
    this.file = new TrackedFile(bounded, true, connection.settings.files);
    this.body.file = this.file;
    connection.addFile(transaction, this.file);
  }
}
