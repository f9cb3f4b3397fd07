/**
 * Reads a message with its MIME parts (RFC 2045, 2046) line by line: header fields, contents of attached files, URLs in
 * texts. Results are passed to its consumer.
 */
import { latin1, trimAsciiEnd } from '../../../engine/latin1.js';
import { type TransferDecoder, transferDecoder } from './decoding.js';
import { HeaderFields, type HeaderProblem, parameter } from './header.js';
import { TextUrls } from './urls.js';

export type MimeProblem =
  | HeaderProblem
  | 'mime_invalid_base64'
  | 'mime_invalid_qp'
  | 'mime_long_line'
  | 'mime_long_enc_line'
  | 'mime_long_boundary'
  | 'mime_long_filename';

export interface MimeConsumer {
  /** The header of the message itself is complete. */
  header(fields: HeaderFields): void;
  /** A file begins, continues and ends. */
  openFile(name: string): void;
  fileData(bytes: Uint8Array): void;
  closeFile(): void;
  /** A URL in a text. */
  url(url: string): void;
  report(problem: MimeProblem): void;
}

export interface MimeSettings {
  /** Transfer encodings that are decoded: `base64`, `quoted-printable`. */
  readonly decoded: readonly string[];
  readonly maxValueLength: number;
  /** Maximum number of files followed in one message. */
  readonly maxFiles: number;
  /** Schemes of URLs that are searched for, such as `http`; none: no URLs. */
  readonly schemes: readonly string[];
  /** URLs are reported with their scheme. */
  readonly withScheme: boolean;
}

/** RFC 5322 2.1.1, RFC 2045 6.7. */
const MAX_LINE_LENGTH = 998;
const MAX_ENCODED_LINE_LENGTH = 76;
const MAX_BOUNDARY_LENGTH = 254;
const MAX_FILENAME_LENGTH = 255;
const MAX_DEPTH = 32;

type State = 'header' | 'body' | 'between';

export class MessageReader {
  private state: State = 'header';
  private fields: HeaderFields;
  private readonly boundaries: string[] = [];
  private decoder: TransferDecoder | undefined;
  private encoded = false;
  private inFile = false;
  private files = 0;
  private isText = false;
  private isMain = true;
  /** A line has begun and not ended yet. */
  private continues = false;
  private readonly urls: TextUrls | undefined;

  constructor(
    private readonly settings: MimeSettings,
    private readonly consumer: MimeConsumer,
  ) {
    this.fields = this.newFields();
    const { schemes, withScheme } = settings;
    if (schemes.length > 0) this.urls = new TextUrls(schemes, withScheme, url => consumer.url(url));
  }

  private newFields(): HeaderFields {
    return new HeaderFields(this.settings.maxValueLength, problem => this.consumer.report(problem));
  }

  /** @param line without its line end, or a part of one  @param ended false if the rest of it is still to come */
  line(line: Uint8Array, ended = true): void {
    const continues = this.continues;
    this.continues = !ended;
    if (line.length > MAX_LINE_LENGTH) this.consumer.report('mime_long_line');
    if (!continues && this.state !== 'header' && this.boundary(line)) return;
    if (this.state === 'body') this.bodyLine(line, ended);
    // Of a long header line, the first part is sufficient.
    else if (this.state === 'header' && !continues) this.headerLine(line);
  }

  /** The message has ended. */
  end(): void {
    if (this.state === 'header') this.endHeader();
    this.endBody();
  }

  // ── header ──

  private headerLine(line: Uint8Array): void {
    // A part may end before its body.
    if (line.length === 0) this.endHeader();
    else if (this.boundaries.length === 0 || !this.boundary(line)) this.fields.line(line);
  }

  private endHeader(): void {
    const { fields } = this;
    fields.finish();
    if (this.isMain) this.consumer.header(fields);
    this.isMain = false;
    this.fields = this.newFields();
    const type = fields.first('content-type') ?? '';
    const kind = (type.split(';')[0] ?? '').trim().toLowerCase();
    if (kind.startsWith('multipart/')) this.beginParts(type);
    else if (kind === 'message/rfc822') this.state = 'header';
    else this.beginBody(fields, type, kind);
  }

  private beginParts(type: string): void {
    // Trailing blanks are not part of it, here and after a delimiter.
    const boundary = trimAsciiEnd(parameter(type, 'boundary') ?? '');
    this.state = 'between';
    if (boundary === '') return;
    if (boundary.length > MAX_BOUNDARY_LENGTH) this.consumer.report('mime_long_boundary');
    if (this.boundaries.length < MAX_DEPTH) this.boundaries.push(boundary);
  }

  private beginBody(fields: HeaderFields, type: string, kind: string): void {
    this.state = 'body';
    const encoding = (fields.first('content-transfer-encoding') ?? '').trim().toLowerCase();
    this.encoded = encoding === 'base64' || encoding === 'quoted-printable';
    this.decoder = transferDecoder(this.settings.decoded.includes(encoding) ? encoding : '', wrong =>
      this.consumer.report(wrong === 'base64' ? 'mime_invalid_base64' : 'mime_invalid_qp'),
    );
    this.isText = kind === '' || kind.startsWith('text/');
    const name = parameter(fields.first('content-disposition') ?? '', 'filename') ?? parameter(type, 'name');
    if (name === undefined || name === '') return;
    if (++this.files > this.settings.maxFiles) {
      this.consumer.report('mime_malformed_msg');
      return;
    }
    if (name.length > MAX_FILENAME_LENGTH) this.consumer.report('mime_long_filename');
    this.consumer.openFile(name.slice(0, MAX_FILENAME_LENGTH));
    this.inFile = true;
  }

  // ── body ──

  private bodyLine(line: Uint8Array, ended: boolean): void {
    if (this.encoded && line.length > MAX_ENCODED_LINE_LENGTH) this.consumer.report('mime_long_enc_line');
    this.deliver(this.decoder!.line(line, ended));
  }

  private deliver(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.inFile) this.consumer.fileData(bytes);
    if (this.isText) this.urls?.add(latin1(bytes));
  }

  private endBody(): void {
    if (this.decoder) this.deliver(this.decoder.end());
    this.decoder = undefined;
    this.urls?.end();
    if (this.inFile) this.consumer.closeFile();
    this.inFile = false;
  }

  /** @returns whether the line is a boundary; if so, it is applied */
  private boundary(line: Uint8Array): boolean {
    if (line.length < 3 || line[0] !== 0x2d || line[1] !== 0x2d) return false;
    const text = trimAsciiEnd(latin1(line, 2));
    for (let depth = this.boundaries.length - 1; depth >= 0; depth--) {
      const boundary = this.boundaries[depth]!;
      const last = text === `${boundary}--`;
      if (!last && text !== boundary) continue;
      this.endBody();
      this.boundaries.length = last ? depth : depth + 1;
      this.state = last ? 'between' : 'header';
      this.fields = this.newFields();
      return true;
    }
    return false;
  }
}
