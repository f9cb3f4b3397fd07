/** The message of a mail in transfer: its parts become files; its header and texts are passed to records and rules. */
import { createHash, type Hash } from 'node:crypto';
import type { Session } from '../../../engine/application/session.js';
import { InspectedBody } from '../../../engine/files/inspected-body.js';
import { TrackedFile } from '../../../engine/files/tracked-file.js';
import { fromLatin1 } from '../../../engine/latin1.js';
import { EMPTY } from '../http/bytes.js';
import type { HeaderFields } from '../mime/header.js';
import { MessageReader, type MimeConsumer, type MimeProblem } from '../mime/message-reader.js';
import type { SmtpSettings } from './settings.js';
import { HEADER, type SmtpTransaction } from './transaction.js';

const LINE_END = fromLatin1('\r\n');
/** Maximum attachments per mail whose names are logged. */
const MAX_ATTACHMENTS = 256;
/** Fields that may occur once. */
const SINGLE = ['from', 'to', 'cc', 'subject', 'date', 'message-id'];

export class Mail implements MimeConsumer {
  private readonly reader: MessageReader | undefined;
  private readonly hash: Hash | undefined;
  private file: TrackedFile | undefined;
  private inBody = false;
  /** A line has begun and not ended yet. */
  private continues = false;

  constructor(
    private readonly session: Session<SmtpTransaction>,
    private readonly transaction: SmtpTransaction,
  ) {
    const { mime, raw, bodyMd5 } = session.settings as SmtpSettings;
    if (mime && !raw) this.reader = new MessageReader(mime, this);
    if (raw) this.openFile('rawmsg');
    if (bodyMd5) this.hash = createHash('md5');
  }

  /** @param line without its line end, or a part of one  @param ended false if the rest of it is still to come */
  line(line: Uint8Array, ended: boolean): void {
    const end = ended ? LINE_END : EMPTY;
    if (this.inBody) this.hash?.update(line).update(end);
    if (line.length === 0 && ended && !this.continues) this.inBody = true;
    this.continues = !ended;
    if (this.reader) this.reader.line(line, ended);
    else if (this.file) this.fileData(Buffer.concat([line, end]));
  }

  /** @param cut whether the stream ended before the message */
  end(cut: boolean): void {
    const { transaction } = this;
    if (cut) {
      this.file?.close('truncated');
      transaction.body?.updateVisible(true);
      return;
    }
    this.reader?.end();
    this.closeFile();
    transaction.whole = true;
    if (this.hash) transaction.bodyMd5 = this.hash.digest('hex');
    transaction.body?.updateVisible(true);
  }

  // ── results of the reader ──

  header(fields: HeaderFields): void {
    this.transaction.header = fields;
    if (SINGLE.some(name => fields.all(name).length > 1))
      this.session.event(this.transaction, 'duplicate_fields');
    this.session.advance(this.transaction, true, HEADER);
  }

  openFile(name: string): void {
    const { transaction, session } = this;
    const { files, limits, memory } = session.settings as SmtpSettings;
    this.file = new TrackedFile(fromLatin1(name), true, files);
    transaction.addFile(this.file);
    transaction.body ??= new InspectedBody(limits, session.endpoints.inline, memory, 0);
    if (transaction.attachments.length < MAX_ATTACHMENTS) transaction.attachments.push(name);
    session.applyFileDepth(files);
  }

  fileData(bytes: Uint8Array): void {
    const { transaction, session } = this;
    this.file!.append(bytes);
    const body = transaction.body!;
    body.append(bytes);
    if (body.updateVisible(false)) session.advance(transaction, true, 0);
  }

  closeFile(): void {
    this.file?.close();
    this.file = undefined;
  }

  /** Bytes of the message are missing. */
  gap(missing: number): void {
    this.file?.gap(missing);
  }

  url(url: string): void {
    // Logged from the last to the first.
    this.transaction.urls.unshift(url);
  }

  report(problem: MimeProblem): void {
    this.session.event(this.transaction, problem);
  }
}
