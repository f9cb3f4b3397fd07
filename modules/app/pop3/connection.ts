/** Commands and their responses (RFC 1939, 5034). */

import type { Session } from '../../../engine/application/session.js';
import type { Reading } from '../../../engine/application/stream-socket.js';
import { readTextLine } from '../../../engine/application/text-line.js';
import { latin1, upperAscii } from '../../../engine/latin1.js';
import { TwoSidedTransaction } from '../../../engine/protocol.js';

export const COMPLETE = 1;
export const EVENTS = [
  'too_many_transactions',
  'request_too_long',
  'incorrect_argument_count',
  'unknown_command',
  'response_too_long',
] as const;

/** Maximum bytes of a line that are read. */
const MAX_LINE_LENGTH = 4096;
/** Maximum bytes of a command and of the first line of a response including line ends (RFC 2449 4). */
const MAX_COMMAND_LENGTH = 256;
const MAX_RESPONSE_LENGTH = 512;
/** Maximum lines of a response that are kept. */
const MAX_LINES = 1024;

/** Minimum and maximum number of arguments of each command. */
const ARGUMENTS: Readonly<Record<string, readonly [number, number]>> = {
  USER: [1, 1],
  PASS: [1, 1],
  APOP: [2, 2],
  AUTH: [1, 2],
  SASL: [1, Number.POSITIVE_INFINITY],
  STAT: [0, 0],
  LIST: [0, 1],
  UIDL: [0, 1],
  RETR: [1, 1],
  DELE: [1, 1],
  TOP: [2, 2],
  NOOP: [0, 0],
  RSET: [0, 0],
  CAPA: [0, 0],
  STLS: [0, 0],
  QUIT: [0, 0],
};
/** Commands with a multi-line response; LIST and UIDL only without an argument. */
const LONG = new Set(['RETR', 'TOP', 'CAPA']);

export interface Pop3Response {
  readonly status: 'OK' | 'ERR';
  readonly header: string;
  readonly data: string[];
}

export class Pop3Transaction extends TwoSidedTransaction {
  response: Pop3Response | undefined;

  constructor(
    id: number,
    /** In upper case; undefined for unsolicited responses of the server. */
    readonly command: string | undefined,
    readonly args: readonly string[],
  ) {
    super(id);
  }

  get hasLongResponse(): boolean {
    const { command = '', args } = this;
    return LONG.has(command) || ((command === 'LIST' || command === 'UIDL') && args.length === 0);
  }
}

const CRLF = 2;

/** Length including a blank after the word, whether present or not, and the line end. */
function commandLength({ length }: Uint8Array, word: string): number {
  return Math.max(length, word.length + 1) + CRLF;
}

export interface Pop3Settings {
  readonly maxTransactions: number;
}

export class Connection {
  /** The client is in the middle of AUTH: its lines are not commands. */
  private sasl = false;

  constructor(readonly session: Session<Pop3Transaction>) {}

  *commands(): Reading<void> {
    const { session } = this;
    for (;;) {
      const line = yield* readTextLine(session.client, MAX_LINE_LENGTH);
      if (!line) return;
      const [word = '', ...args] = latin1(line.bytes)
        .split(' ')
        .filter(each => each !== '');
      const transaction = this.sasl ? this.begin('<SASL DATA>', []) : this.begin(upperAscii(word), args);
      if (line.truncated || (!this.sasl && commandLength(line.bytes, word) > MAX_COMMAND_LENGTH))
        session.event(transaction, 'request_too_long');
      if (!this.sasl) this.check(transaction);
      session.advance(transaction, true, COMPLETE);
    }
  }

  private check(transaction: Pop3Transaction): void {
    const allowed = ARGUMENTS[transaction.command!];
    const count = transaction.args.length;
    if (!allowed) this.session.event(transaction, 'unknown_command');
    else if (count < allowed[0] || count > allowed[1])
      this.session.event(transaction, 'incorrect_argument_count');
  }

  private begin(command: string | undefined, args: readonly string[]): Pop3Transaction {
    const { session } = this;
    const transaction = session.begin(new Pop3Transaction(session.transactionCount, command, args));
    const { maxTransactions } = session.settings as Pop3Settings;
    if (session.transactions.length - session.completed > maxTransactions) {
      session.event(transaction, 'too_many_transactions');
      session.completeOldest();
    }
    return transaction;
  }

  *responses(): Reading<void> {
    const { session } = this;
    const { server } = session;
    let greeted = false;
    for (;;) {
      const line = yield* readTextLine(server, MAX_LINE_LENGTH);
      if (!line) return;
      const match = /^(\+OK|-ERR|\+)(?:\s+(.*))?$/s.exec(latin1(line.bytes));
      const transaction = session.oldestOpen;
      // The greeting belongs to no command.
      if (!match || (!transaction && !greeted)) {
        greeted = true;
        continue;
      }
      greeted = true;
      const asked = transaction ?? this.begin(undefined, []);
      asked.response = { status: match[1] === '-ERR' ? 'ERR' : 'OK', header: match[2] ?? '', data: [] };
      if (line.truncated || line.bytes.length + CRLF > MAX_RESPONSE_LENGTH)
        session.event(asked, 'response_too_long', false);
      this.sasl = match[1] === '+';
      if (match[1] === '+OK' && asked.hasLongResponse && !(yield* this.lines(asked.response))) return;
      this.completeResponse(asked);
      // What follows is another protocol.
      if (session.requests.changeTo !== undefined) yield;
    }
  }

  /** Reads up to a line with a single dot. @returns false if the stream ends before */
  private *lines({ data }: Pop3Response): Reading<boolean> {
    for (;;) {
      const line = yield* readTextLine(this.session.server, MAX_LINE_LENGTH);
      if (!line) return false;
      const text = latin1(line.bytes);
      if (text === '.') return true;
      if (data.length < MAX_LINES) data.push(text.startsWith('.') ? text.slice(1) : text);
    }
  }

  private completeResponse(transaction: Pop3Transaction): void {
    this.session.advance(transaction, false, COMPLETE);
    this.session.complete(transaction);
    if (transaction.command === 'STLS' && transaction.response!.status === 'OK')
      this.session.requests.changeTo = 'tls';
  }
}
