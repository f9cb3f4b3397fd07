/** What the client sends. */
import { resumeAfterGap } from '../../../engine/application/gap-recovery.js';
import type { Reading, StreamSocket } from '../../../engine/application/stream-socket.js';
import { latin1 } from '../../../engine/latin1.js';
import { uint32 } from '../../../engine/packet/network-order.js';
import type { Connection } from './connection.js';
import {
  CANCEL_REQUEST,
  GSS_REQUEST,
  MAX_MESSAGE_LENGTH,
  parameterName,
  SSL_REQUEST,
  texts,
} from './message.js';
import { nextMessageProbe } from './recognition.js';
import type { Members, PgsqlTransaction } from './transaction.js';

/** Maximum bytes of a message without a type. */
const MAX_STARTUP_LENGTH = 10_000;
const MECHANISMS = new Map([
  ['SCRAM-SHA-256', 'scram_SHA256'],
  ['SCRAM-SHA-256-PLUS', 'scram_SHA256_plus'],
]);
/**
 * Types of messages of the extended protocol and of function calls: skipped; of these, only Sync and calls are
 * answered.
 */
const UNREAD = 'BCDEFHPS';
const SYNC = 'S';
const FUNCTION_CALL = 'F';

export class Frontend {
  private readonly socket: StreamSocket;
  /** The transaction of data being copied to the server. */
  private copy: PgsqlTransaction | undefined;

  constructor(private readonly connection: Connection) {
    this.socket = connection.session.client;
  }

  *messages(): Reading<void> {
    const { socket, connection } = this;
    for (;;) {
      const known = yield* this.message();
      if (connection.session.requests.changeTo !== undefined) return;
      if (known === false) {
        connection.fail(true, 'malformed_request');
        return;
      }
      if (!(known || (yield* resumeAfterGap(socket, nextMessageProbe(true))))) return;
    }
  }

  /** @returns whether it was one; undefined if it cannot be read */
  private *message(): Reading<boolean | undefined> {
    const { socket } = this;
    if (!(yield* socket.wait(5))) return undefined;
    // Messages at the start of a connection have no type.
    return socket.view[socket.offset] === 0 ? yield* this.startup() : yield* this.typedMessage();
  }

  /** @returns whether it was one; undefined if the stream has ended */
  private *startup(): Reading<boolean | undefined> {
    const { socket } = this;
    if (!(yield* socket.wait(8))) return undefined;
    const length = uint32(socket.view, socket.offset);
    if (length < 8 || length > MAX_STARTUP_LENGTH) return false;
    const bytes = yield* socket.read(length);
    return bytes && this.start(uint32(bytes, 4), bytes.subarray(8));
  }

  private start(code: number, content: Uint8Array): boolean {
    const { connection } = this;
    if (code === SSL_REQUEST || code === GSS_REQUEST) {
      connection.encryptionRequested = true;
      connection.addRequest(({ request }) => {
        request.message = code === SSL_REQUEST ? 'SSL Request' : 'GSSENC Request';
      });
    } else if (code === CANCEL_REQUEST) {
      this.addUnanswered('cancel_request', content.length >= 8 ? backendKey(content) : {});
    } else if (code >>> 16 === 3) {
      connection.addRequest(({ request }) => Object.assign(request, startupMembers(code, content)));
    } else return false;
    return true;
  }

  private *typedMessage(): Reading<boolean | undefined> {
    const { socket } = this;
    const type = String.fromCharCode(socket.view[socket.offset]!);
    const length = uint32(socket.view, socket.offset + 1) - 4;
    if (length < 0) return false;
    socket.skip(5);
    if (type === 'd') this.addCopied(length);
    const isLong = length > MAX_MESSAGE_LENGTH;
    if (isLong && type === 'Q') return yield* this.longQuery(length);
    if (type === 'd' || UNREAD.includes(type) || isLong) {
      if (type === SYNC || type === FUNCTION_CALL) this.connection.enqueue(undefined);
      return (yield* socket.discard(length)) ? true : undefined;
    }
    const content = yield* socket.read(length);
    return content && this.take(type, content);
  }

  /** Of a query that is too long to be kept, the beginning is logged. */
  private *longQuery(length: number): Reading<boolean | undefined> {
    const { socket } = this;
    const beginning = yield* socket.read(MAX_MESSAGE_LENGTH);
    if (!beginning) return undefined;
    this.take('Q', beginning);
    return (yield* socket.discard(length - MAX_MESSAGE_LENGTH)) ? true : undefined;
  }

  private take(type: string, content: Uint8Array): boolean {
    switch (type) {
      case 'Q':
        this.connection.addRequest(transaction => {
          transaction.query = withoutZero(content).slice();
        });
        return true;
      case 'p':
        this.authenticate(content);
        return true;
      case 'X':
        this.addUnanswered('termination_message', {});
        return true;
      case 'c':
      case 'f':
        this.endCopy(type === 'c' ? { message: 'copy_done' } : { message: 'copy_fail' });
        return true;
      default:
        return false;
    }
  }

  /** A message without a response. */
  private addUnanswered(message: string, members: Members): void {
    const transaction = this.connection.begin();
    Object.assign(transaction.request, { message }, members);
    this.connection.session.complete(transaction);
  }

  private authenticate(content: Uint8Array): void {
    const { connection } = this;
    connection.addRequest(transaction => {
      if (connection.authentication === 'password') transaction.password = latin1(withoutZero(content));
      else if (connection.authentication === 'sasl') Object.assign(transaction.request, saslMembers(content));
      else transaction.request.sasl_response = latin1(content);
    });
  }

  // ── copying ──

  private addCopied(length: number): void {
    this.copy ??= this.connection.begin();
    this.copy.copiedIn.count++;
    this.copy.copiedIn.bytes += length;
  }

  private endCopy(members: Members): void {
    const { connection } = this;
    const transaction = this.copy ?? connection.begin();
    this.copy = undefined;
    Object.assign(transaction.request, members);
    connection.session.advance(transaction, true, 1);
    connection.enqueue(transaction);
  }
}

function startupMembers(version: number, content: Uint8Array): Members {
  const list = texts(content);
  const startup: Members = {};
  const others: Members[] = [];
  for (let i = 0; i + 1 < list.length; i += 2) {
    if (list[i] === 'user') startup.user = list[i + 1];
    else others.push({ [parameterName(list[i]!)]: list[i + 1] });
  }
  if (others.length > 0) startup.optional_parameters = others;
  return { protocol_version: `${version >>> 16}.${version & 0xffff}`, startup_parameters: startup };
}

/** A mechanism name and, after its length, the initial response. */
function saslMembers(content: Uint8Array): Members {
  const [name = ''] = texts(content);
  const members: Members = { sasl_authentication_mechanism: MECHANISMS.get(name) ?? name };
  const parameter = latin1(content.subarray(name.length + 5));
  return parameter === '' ? members : { ...members, sasl_param: parameter };
}

export function backendKey(content: Uint8Array): Members {
  return { process_id: uint32(content, 0), secret_key: uint32(content, 4) };
}

function withoutZero(content: Uint8Array): Uint8Array {
  const end = content.indexOf(0);
  return end < 0 ? content : content.subarray(0, end);
}
