/** The control connection: commands and replies, and the data connections they negotiate. */

import type { Session } from '../../../engine/application/session.js';
import type { Reading } from '../../../engine/application/stream-socket.js';
import { readTextLine, type TextLine } from '../../../engine/application/text-line.js';
import { latin1, upperAscii } from '../../../engine/latin1.js';
import { parseExtendedPassive, parseExtendedPort, parsePassive, parsePort } from './data-port.js';
import type { FtpSettings } from './settings.js';
import { COMPLETE, FtpTransaction, STARTED } from './transaction.js';

const SPACE = 0x20;
const DASH = 0x2d;
/** Commands that are followed by a data transfer. */
const TRANSFERS = new Set(['RETR', 'STOR', 'APPE', 'STOU', 'LIST', 'NLST', 'MLSD']);
/** Of those, the ones whose file name is optional. */
const LISTINGS = new Set(['LIST', 'NLST', 'MLSD']);
/** Maximum replies kept per command: the first ones. */
const MAX_REPLIES = 128;
/** Maximum bytes of a file name passed to data connections. */
const MAX_NAME_LENGTH = 200;

export class Control {
  readonly settings: FtpSettings;
  /** Port of the next data connection; 0: none was negotiated. */
  private dataPort = 0;
  private ended = false;
  /** Code of an incomplete multi-line reply. */
  private openReply: string | undefined;

  constructor(readonly session: Session<FtpTransaction>) {
    this.settings = session.settings as FtpSettings;
  }

  *commands(): Reading<void> {
    const { client } = this.session;
    while (!this.ended) {
      const line = yield* readTextLine(client, this.settings.maxLineLength);
      if (!line) return;
      if (line.bytes.length > 0) this.command(line);
    }
  }

  *replies(): Reading<void> {
    const { server, requests } = this.session;
    while (!this.ended) {
      const line = yield* readTextLine(server, this.settings.maxLineLength);
      if (!line) return;
      if (line.bytes.length > 0) this.reply(line);
      // What follows is another protocol.
      if (requests.changeTo !== undefined) yield;
    }
  }

  // ── commands ──

  private command({ bytes, truncated }: TextLine): void {
    const blank = bytes.indexOf(SPACE);
    const word = upperAscii(latin1(blank < 0 ? bytes : bytes.subarray(0, blank)));
    const transaction = this.begin(word, blank < 0 ? undefined : bytes.subarray(blank + 1));
    if (!transaction) return;
    transaction.keep(this.settings.memory, bytes);
    if (truncated) {
      transaction.commandTruncated = true;
      this.session.event(transaction, 'request_command_too_long');
    }
    this.processCommand(transaction);
    this.session.advance(transaction, true, COMPLETE);
  }

  private begin(command: string | undefined, argument: Uint8Array | undefined): FtpTransaction | undefined {
    const { session } = this;
    const last = session.transactions.at(-1);
    if (last && session.transactions.length - session.completed >= this.settings.maxTransactions) {
      session.event(last, 'too_many_transactions');
      this.ended = true;
      return undefined;
    }
    return session.begin(new FtpTransaction(session.transactionCount, command, argument));
  }

  /** Evaluates a command that affects data connections. */
  private processCommand(transaction: FtpTransaction): void {
    const { command, argument } = transaction;
    if (command === 'PORT' || command === 'EPRT') this.setDataPort(transaction);
    else if (command !== undefined && TRANSFERS.has(command))
      this.expectDataConnection(transaction, command, argument);
  }

  private setDataPort(transaction: FtpTransaction): void {
    const text = transaction.argument ? latin1(transaction.argument) : '';
    const offer = transaction.command === 'PORT' ? parsePort(text) : parseExtendedPort(text);
    transaction.active = true;
    if (!offer) return;
    const { clientAddress } = this.session.endpoints;
    transaction.dynamicPort = offer.port;
    transaction.bounce = offer.address !== undefined && Buffer.compare(offer.address, clientAddress) !== 0;
    this.dataPort = offer.port;
  }

  private expectDataConnection(
    transaction: FtpTransaction,
    command: string,
    argument: Uint8Array | undefined,
  ): void {
    const { session, dataPort } = this;
    if (dataPort === 0) {
      if (!LISTINGS.has(command)) session.event(transaction, 'file_before_port');
      return;
    }
    const filename = command === 'STOU' && argument === undefined ? '<stou>' : nameOf(argument);
    session.expect({ protocol: 'ftp-data', port: dataPort, detail: { command, filename } });
    this.dataPort = 0;
  }

  // ── replies ──

  private reply({ bytes, truncated }: TextLine): void {
    const code = codeOf(bytes);
    const { session } = this;
    // Commands are complete at once: an open one awaits its reply.
    const transaction = session.oldestOpen ?? this.beginUnsolicited();
    if (!transaction) return;
    if (truncated) {
      transaction.replyTruncated = true;
      session.event(transaction, 'response_command_too_long');
    }
    const text = code === undefined ? bytes : bytes.subarray(4);
    if (transaction.replies.length < MAX_REPLIES) {
      transaction.keep(this.settings.memory, bytes);
      transaction.replies.push({ code: code === undefined ? undefined : bytes.subarray(0, 3), text });
    }
    session.advance(transaction, false, STARTED);
    if (this.isLast(code, bytes[3])) this.completeReply(transaction, code ?? '', latin1(bytes));
  }

  /** Unsolicited replies of the server have no request. */
  private beginUnsolicited(): FtpTransaction | undefined {
    const transaction = this.begin(undefined, undefined);
    if (!transaction) return undefined;
    transaction.absent = 'to_server';
    this.session.advance(transaction, true, COMPLETE);
    return transaction;
  }

  /** RFC 959 4.2: a dash after the code begins several lines; the code and a blank end them. */
  private isLast(code: string | undefined, behind: number | undefined): boolean {
    if (this.openReply !== undefined && (code !== this.openReply || behind === DASH)) return false;
    this.openReply = behind === DASH ? code : undefined;
    return behind !== DASH && code !== undefined && !code.startsWith('1');
  }

  private completeReply(transaction: FtpTransaction, code: string, text: string): void {
    const { session } = this;
    const port = passivePort(transaction.command, code, text);
    if (port !== undefined) {
      transaction.dynamicPort = port;
      this.dataPort = port;
    }
    session.advance(transaction, false, COMPLETE);
    if (code === '234' && transaction.command === 'AUTH') session.requests.changeTo = 'tls';
  }
}

function passivePort(command: string | undefined, code: string, text: string): number | undefined {
  if (command === 'PASV' && code === '227') return parsePassive(text);
  return command === 'EPSV' && code === '229' ? parseExtendedPassive(text) : undefined;
}

function nameOf(argument: Uint8Array | undefined): string {
  return latin1(argument ?? new Uint8Array(0)).slice(0, MAX_NAME_LENGTH);
}

/** The three digits at the start of a reply. */
function codeOf(bytes: Uint8Array): string | undefined {
  if (bytes.length < 3 || (bytes.length > 3 && bytes[3] !== SPACE && bytes[3] !== DASH)) return undefined;
  const code = latin1(bytes.subarray(0, 3));
  return /^\d{3}$/.test(code) ? code : undefined;
}
