/** The DATA frames of one side of a stream: content encodings decoded, followed as a file. */
import type { Session } from '../../../engine/application/session.js';
import { FILE_LIMITS, InspectedBody } from '../../../engine/files/inspected-body.js';
import type { Range } from '../../../engine/files/range-files.js';
import { TrackedFile } from '../../../engine/files/tracked-file.js';
import { latin1 } from '../../../engine/latin1.js';
import { ContentDecoder, encodingsOf } from '../http/content-decoder.js';
import { parseContentRange } from '../http/content-range.js';
import { FileName } from '../http/file-name.js';
import { openRange } from '../http/file-range.js';
import type { Http2Event } from './events.js';
import type { Http2Settings } from './settings.js';
import { HEADERS_DONE, type Http2Transaction } from './transaction.js';

/** The connection that a body belongs to. */
interface Connection {
  readonly session: Session<Http2Transaction>;
  readonly settings: Http2Settings;
  report(transaction: Http2Transaction, event: Http2Event): void;
}

export class MessageBody {
  private readonly body: InspectedBody;
  private readonly decoder: ContentDecoder | undefined;
  private readonly file: TrackedFile;
  private range: Range | undefined;
  private finished = false;
  /** Rules on its file name need not wait for its end. */
  private isNew: boolean;

  constructor(
    private readonly connection: Connection,
    private readonly transaction: Http2Transaction,
    private readonly toServer: boolean,
  ) {
    const { http } = connection.settings;
    this.isNew = http.reportsFiles;
    this.body = new InspectedBody(
      FILE_LIMITS,
      connection.session.endpoints.inline,
      http.memory,
      http.files.streamDepth ?? 0,
    );
    transaction.message(toServer).body = this.body;
    this.file = this.newFile();
    this.body.file = this.file;
    transaction.addFile(this.file);
    this.decoder = this.newDecoder();
    this.beginRange();
  }

  private report(event: Http2Event): void {
    this.connection.report(this.transaction, event);
  }

  write(bytes: Uint8Array): void {
    this.body.wireLength += bytes.length;
    if (this.decoder) this.decoder.write(bytes);
    else this.decoded(bytes);
    this.show(false);
  }

  /** @param cut whether the stream ended before the body */
  end(cut: boolean): void {
    if (this.finished) return;
    this.finished = true;
    this.decoder?.end();
    this.file.close(cut ? 'truncated' : 'closed');
    const whole = this.range?.end();
    if (whole) {
      this.transaction.addFile(whole.file);
      this.transaction.message(this.toServer).whole = whole.contents.view();
    }
    this.show(true);
  }

  private show(ended: boolean): void {
    const { transaction, toServer } = this;
    const grown = this.body.updateVisible(ended) || this.isNew;
    this.isNew = false;
    if (grown) this.connection.session.advance(transaction, toServer, HEADERS_DONE);
  }

  private decoded(bytes: Uint8Array): boolean {
    this.range?.append(this.file.range!.start, bytes);
    return this.body.append(bytes) || this.range !== undefined;
  }

  private newDecoder(): ContentDecoder | undefined {
    const { defaults } = this.connection.settings.http;
    const failed = () => this.report('failed_decompression');
    const encoding = this.transaction.message(this.toServer).value('content-encoding');
    const encodings = encoding ? encodingsOf(encoding, defaults.layers, () => {}) : [];
    if (encodings.length === 0) return undefined;
    return new ContentDecoder(encodings, defaults, bytes => this.decoded(bytes), failed);
  }

  private newFile(): TrackedFile {
    const { transaction, toServer, connection } = this;
    const disposition = transaction.message(toServer).value('content-disposition');
    const named = disposition && FileName.fromDisposition(disposition);
    const name = FileName.bounded(named ?? transaction.path, () => {});
    connection.session.applyFileDepth(connection.settings.http.files);
    return new TrackedFile(name, toServer, connection.settings.http.files);
  }

  private beginRange(): void {
    const { transaction, connection, file } = this;
    const text = this.toServer ? undefined : transaction.response.value('content-range');
    if (!text) return;
    file.range = parseContentRange(latin1(text));
    if (file.range)
      this.range = openRange(connection.settings.http, file, transaction.host, connection.session.seconds);
    else this.report('invalid_range');
  }
}
