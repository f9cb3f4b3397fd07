/** State shared by both directions of an HTTP connection. */
import type { Session } from '../../../engine/application/session.js';
import { InspectedBody } from '../../../engine/files/inspected-body.js';
import type { TrackedFile } from '../../../engine/files/tracked-file.js';
import { fromLatin1 } from '../../../engine/latin1.js';
import type { HttpEvent } from './events.js';
import { eventOf, Headers } from './headers.js';
import type { ServerSettings } from './server-settings.js';
import { type HttpSettings, settingsOf } from './settings.js';
import { BODY, HttpTransaction } from './transaction.js';

/** URI of a transaction whose request was not seen. */
const UNSEEN_URI = fromLatin1('/libhtp::request_uri_not_seen');

/** Events reported for one connection; beyond that, only one that there are too many. */
const MAX_WARNINGS = 512;

export class Connection {
  readonly settings: HttpSettings;
  readonly server: ServerSettings;
  /** Bodies are inspected as they arrive. */
  readonly inspectsInline: boolean;
  /** The client requested a tunnel; what it sends is not read before the server has answered. */
  waitsForTunnel = false;
  /** A response was seen. */
  answered = false;
  /** It failed, or is no longer HTTP: nothing more is read. */
  finished = false;
  /** Rules on file names need not wait for the files to end, nor records for the form to end. */
  private filesChanged = false;
  private warnings = 0;

  constructor(readonly session: Session<HttpTransaction>) {
    this.settings = session.settings as HttpSettings;
    this.server = settingsOf(this.settings, session.endpoints.serverAddress);
    const { bodyInline } = this.server;
    this.inspectsInline = bodyInline === 'yes' || (bodyInline === 'auto' && session.endpoints.inline);
  }

  /** Begins a transaction. @returns undefined if there are too many already */
  begin(): HttpTransaction | undefined {
    const { session } = this;
    if (session.transactions.length - session.completed >= this.server.maxTransactions) {
      this.fail();
      return undefined;
    }
    return session.begin(new HttpTransaction(session.transactionCount, this.settings, this.server));
  }

  /** The transaction that the next response belongs to. */
  nextUnanswered(): HttpTransaction | undefined {
    const { transactions } = this.session;
    for (let i = 0; i < transactions.length; i++) if (!transactions[i]!.answered) return transactions[i];
    const transaction = this.begin();
    if (transaction) {
      transaction.request.rawUri = UNSEEN_URI;
      this.report(transaction, 'unable_to_match_response_to_request');
    }
    return transaction;
  }

  /** The data cannot be parsed: neither side is read any more. */
  fail(): void {
    this.finished = true;
    this.session.failed = true;
  }

  report(transaction: HttpTransaction, event: HttpEvent): void {
    if (this.warnings === MAX_WARNINGS) return;
    const { length } = transaction.events;
    this.session.event(transaction, event);
    // Events that the transaction has already are not reported again.
    if (transaction.events.length > length && ++this.warnings === MAX_WARNINGS)
      this.session.event(transaction, 'too_many_warnings');
  }

  newHeaders(transaction: HttpTransaction, toServer: boolean): Headers {
    const { headers } = this.server;
    return new Headers(headers, problem => this.report(transaction, eventOf(problem, toServer)));
  }

  newBody(toServer: boolean): InspectedBody {
    const limits = toServer ? this.server.request : this.server.response;
    // Files that may be stored are followed as far as their stream is reassembled.
    const fileLimit = this.settings.files.streamDepth ?? limits.limit;
    return new InspectedBody(limits, this.inspectsInline, this.settings.memory, fileLimit);
  }

  advance(transaction: HttpTransaction, toServer: boolean, progress: number): void {
    this.session.advance(transaction, toServer, progress);
  }

  addFile(transaction: HttpTransaction, file: TrackedFile): void {
    transaction.addFile(file);
    this.session.applyFileDepth(this.settings.files);
    this.filesChanged = this.settings.reportsFiles;
  }

  /** A file has ended while its form continues. */
  closeFile(file: TrackedFile): void {
    file.close();
    this.filesChanged = true;
  }

  /** Tells detection which bytes of a body became visible. */
  reportBody(transaction: HttpTransaction, toServer: boolean, complete: boolean): void {
    const { body } = transaction.message(toServer);
    const { request, response } = this.settings.reportsBodies;
    const grown =
      (body?.updateVisible(complete) ?? false) || (toServer ? request : response) || this.filesChanged;
    this.filesChanged = false;
    if (grown && !complete) this.advance(transaction, toServer, BODY - 1);
  }
}
