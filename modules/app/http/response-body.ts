/** The body of a response: decoded, kept for inspection, and followed as a file. */

import type { InspectedBody } from '../../../engine/files/inspected-body.js';
import type { Range } from '../../../engine/files/range-files.js';
import { TrackedFile } from '../../../engine/files/tracked-file.js';
import { latin1 } from '../../../engine/latin1.js';
import { EMPTY } from './bytes.js';
import type { Connection } from './connection.js';
import { type ContentDecoder, decoderOf } from './content-decoder.js';
import { parseContentRange } from './content-range.js';
import type { HttpEvent } from './events.js';
import { FileName } from './file-name.js';
import { openRange } from './file-range.js';
import { FlashFile } from './flash-file.js';
import type { HttpTransaction } from './transaction.js';

export class ResponseBody {
  private readonly body: InspectedBody;
  private readonly decoder: ContentDecoder | undefined;
  private readonly report: (event: HttpEvent) => void;
  private readonly flash: FlashFile | undefined;
  private range: Range | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly transaction: HttpTransaction,
  ) {
    this.body = connection.newBody(false);
    transaction.response.body = this.body;
    this.report = event => connection.report(transaction, event);
    const encoding = transaction.response.headers?.value('content-encoding');
    const { server } = connection;
    this.flash = this.flashFile();
    this.decoder = decoderOf(encoding, server, bytes => this.decoded(bytes), this.report);
  }

  write(bytes: Uint8Array): void {
    this.body.wireLength += bytes.length;
    if (this.decoder) this.decoder.write(bytes);
    else this.decoded(bytes);
    this.connection.reportBody(this.transaction, false, false);
  }

  gap(missing: number): void {
    this.body.wireLength += missing;
    if (this.body.file === undefined) this.beginFile();
    this.body.file!.gap(missing);
  }

  /** @param cut whether the stream ended before the body */
  end(cut: boolean): void {
    this.decoder?.end();
    this.flash?.end();
    this.body.file?.close(cut ? 'truncated' : 'closed');
    const whole = this.range?.end();
    if (whole) this.transaction.addFile(whole.file);
    this.connection.reportBody(this.transaction, false, true);
  }

  private flashFile(): FlashFile | undefined {
    const { body } = this;
    const { flash, bombLimit } = this.connection.server;
    if (!flash) return undefined;
    const file = new FlashFile(flash, bombLimit, bytes => {
      body.storeForInspection(bytes);
      return true;
    });
    body.decompress = bytes => file.write(bytes);
    return file;
  }

  private decoded(bytes: Uint8Array): boolean {
    if (this.body.file === undefined) this.beginFile();
    this.range?.append(this.body.file!.range!.start, bytes);
    return this.body.append(bytes) || this.range !== undefined;
  }

  private beginFile(): void {
    const { connection, transaction, report } = this;
    const { headers } = transaction.response;
    const disposition = headers?.value('content-disposition');
    const named = disposition && FileName.fromDisposition(disposition);
    const name = named ?? transaction.request.uri?.path ?? transaction.request.rawUri ?? EMPTY;
    const file = new TrackedFile(FileName.bounded(name, report), false, connection.settings.files);
    const range = transaction.response.status === 206 ? headers?.value('content-range') : undefined;
    if (range) {
      file.range = parseContentRange(latin1(range));
      if (file.range)
        this.range = openRange(
          connection.settings,
          file,
          transaction.request.hostname,
          connection.session.seconds,
        );
      else report('range_invalid');
    }
    this.body.file = file;
    connection.addFile(transaction, file);
  }
}
