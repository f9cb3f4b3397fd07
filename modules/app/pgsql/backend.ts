/** What the server sends. */
import { resumeAfterGap } from '../../../engine/application/gap-recovery.js';
import type { Reading, StreamSocket } from '../../../engine/application/stream-socket.js';
import { latin1 } from '../../../engine/latin1.js';
import { uint16, uint32 } from '../../../engine/packet/network-order.js';
import type { Connection } from './connection.js';
import { backendKey } from './frontend.js';
import { errorFields, MAX_MESSAGE_LENGTH, parameterName, texts } from './message.js';
import { nextMessageProbe } from './recognition.js';
import type { PgsqlTransaction } from './transaction.js';

/** Maximum valid length: messages have at most 1 GB. */
const MAX_LENGTH = 1 << 30;
/** Maximum parameters of a response that are logged. */
const MAX_PARAMETERS = 128;

/** The method requested by an authentication message (of type `R`), by number. */
const AUTHENTICATION: Readonly<Record<number, string>> = {
  2: 'authentication_kerberos_v5',
  3: 'authentication_cleartext_password',
  7: 'authentication_gss',
  9: 'authentication_sspi',
};

export class Backend {
  private readonly socket: StreamSocket;

  constructor(private readonly connection: Connection) {
    this.socket = connection.session.server;
  }

  *messages(): Reading<void> {
    do while (yield* this.next());
    while (yield* resumeAfterGap(this.socket, nextMessageProbe(false)));
  }

  /** @returns false if nothing more can be read */
  private *next(): Reading<boolean> {
    const { socket, connection } = this;
    if (!(yield* socket.wait(1))) return false;
    if (connection.encryptionRequested) return !this.readEncryptionResponse(socket.view[socket.offset]!);
    if (!(yield* socket.wait(5))) return false;
    const type = String.fromCharCode(socket.view[socket.offset]!);
    const length = uint32(socket.view, socket.offset + 1) - 4;
    if (length < 0 || length > MAX_LENGTH || !/[\w]/.test(type)) {
      connection.fail(false, length < 0 || length > MAX_LENGTH ? 'invalid_length' : 'malformed_response');
      return false;
    }
    socket.skip(5);
    return yield* this.message(type, length);
  }

  /** @returns whether everything after it is encrypted */
  private readEncryptionResponse(answer: number): boolean {
    const { connection, socket } = this;
    const accepted = answer === 0x53 || answer === 0x47;
    connection.encryptionRequested = false;
    // An error means that the server does not support the request.
    if (accepted || answer === 0x4e) {
      socket.skip(1);
      const asked = connection.answered;
      if (asked)
        asked.response[asked.request.message === 'SSL Request' ? 'ssl_accepted' : 'gss_accepted'] = accepted;
      connection.completeResponse();
    }
    if (answer === 0x53) connection.session.requests.changeTo = 'tls';
    else if (accepted) connection.session.requests.stopInspection = 'payload';
    return accepted;
  }

  /** @returns false if the stream has ended */
  private *message(type: string, length: number): Reading<boolean> {
    const { socket, connection } = this;
    const transaction = connection.answered;
    if (type === 'D' || type === 'd') return yield* this.data(type, length, transaction);
    if (length > MAX_MESSAGE_LENGTH) return yield* socket.discard(length);
    const content = yield* socket.read(length);
    if (!content) return false;
    if (transaction) this.take(type, content, transaction);
    if (type === 'Z') {
      connection.ready = true;
      connection.completeResponse();
    }
    return true;
  }

  /** Rows are counted, not kept: their size is computed from the column lengths. */
  private *data(type: string, length: number, transaction: PgsqlTransaction | undefined): Reading<boolean> {
    const { socket } = this;
    if (type === 'd') {
      if (transaction) add(transaction.copiedOut, length);
      return yield* socket.discard(length);
    }
    if (length < 2) return yield* socket.discard(length);
    if (!(yield* socket.wait(2))) return false;
    const columns = (socket.view[socket.offset]! << 8) | socket.view[socket.offset + 1]!;
    if (transaction) add(transaction.rows, Math.max(0, length - 2 - 4 * columns));
    return yield* socket.discard(length);
  }

  private take(type: string, content: Uint8Array, transaction: PgsqlTransaction): void {
    const { response, parameters } = transaction;
    switch (type) {
      case 'R':
        this.authenticate(content, transaction);
        break;
      case 'S': {
        const [name, value = ''] = texts(content);
        if (name !== undefined && parameters.length < MAX_PARAMETERS)
          parameters.push({ [parameterName(name)]: value });
        break;
      }
      case 'K':
        if (content.length >= 8) Object.assign(response, backendKey(content));
        break;
      case 'T':
        response.field_count = columnCount(content, 0);
        break;
      case 'C':
        response.command_completed = texts(content)[0] ?? '';
        break;
      case 'G':
        response.copy_in_response = { columns: columnCount(content, 1) };
        // The copied data is a transaction of its own.
        this.connection.completeResponse();
        break;
      case 'H':
        response.copy_out_response = { columns: columnCount(content, 1) };
        break;
      case 'E':
      case 'N':
        Object.assign(response, errorFields(content));
        // Before it was ready, the server closes the connection after an error.
        if (type === 'E' && !this.connection.ready) this.connection.completeResponse();
        break;
    }
  }

  private authenticate(content: Uint8Array, { response }: PgsqlTransaction): void {
    const { connection } = this;
    if (content.length < 4) return;
    const kind = uint32(content, 0);
    const rest = content.subarray(4);
    if (kind === 0) response.message = 'authentication_ok';
    else if (kind === 12) response.authentication_sasl_final = latin1(rest);
    else {
      if (kind === 5) response.authentication_md5_password = latin1(rest.subarray(0, 4));
      else if (kind === 10) response.authentication_sasl_auth = texts(rest).join(',');
      else if (kind === 11) response.authentication_sasl_continue = latin1(rest);
      else response.message = AUTHENTICATION[kind] ?? 'authentication_unknown';
      connection.authentication = kind === 10 ? 'sasl' : kind === 11 ? 'sasl going on' : 'password';
      connection.completeResponse();
    }
  }
}

function add(tally: { count: number; bytes: number }, bytes: number): void {
  tally.count++;
  tally.bytes += bytes;
}

function columnCount(content: Uint8Array, at: number): number {
  return content.length < at + 2 ? 0 : uint16(content, at);
}
