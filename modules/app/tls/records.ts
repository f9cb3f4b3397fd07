/** One direction of a TLS conversation (RFC 8446 5): records, and the handshake messages in them. */
import { GrowingBytes } from '../../../engine/application/growing-bytes.js';
import type { Session } from '../../../engine/application/session.js';
import { Cursor } from './cursor.js';
import { parseHello } from './hello.js';
import type { TlsVariant } from './outputs.js';
import {
  CLIENT_CERT_DONE,
  CLIENT_FINISHED,
  CLIENT_HANDSHAKE_DONE,
  CLIENT_HELLO_DONE,
  SERVER_CERT_DONE,
  SERVER_HANDSHAKE_DONE,
  SERVER_HELLO,
  TlsTransaction,
} from './transaction.js';
import { SSL2, TLS13 } from './version.js';

export type TlsSession = Session<TlsTransaction>;

const CHANGE_CIPHER_SPEC = 20;
const ALERT = 21;
const HANDSHAKE = 22;
const APPLICATION_DATA = 23;
const HEARTBEAT = 24;

const CLIENT_HELLO = 1;
const SERVER_HELLO_MESSAGE = 2;
const CERTIFICATE = 11;
const CERTIFICATE_REQUEST = 13;
const SERVER_HELLO_DONE = 14;

/** Longest record there may be (RFC 5246 6.2.3). */
const MAX_RECORD = 16_384 + 2048;
/** Longest handshake message that is put together: certificate chains are a few KiB. */
const MAX_MESSAGE = 256 * 1024;

export function transactionOf(session: TlsSession): TlsTransaction {
  return session.transactions[0] ?? (session.state as TlsTransaction | undefined) ?? begin(session);
}

function begin(session: TlsSession): TlsTransaction {
  const transaction = session.begin(new TlsTransaction((session.settings as TlsSettings).alertMembers));
  session.state = transaction;
  transaction.fromProtocol = session.precededBy;
  return transaction;
}

/** Reads what one side sends, to its end. */
export function* direction(session: TlsSession, client: boolean): Generator<void, void, void> {
  const socket = client ? session.client : session.server;
  const handshake = new HandshakeReader(session, client);
  if (!(yield* socket.wait(1))) return;
  session.advance(transactionOf(session), client, 0);
  const first = yield* socket.peek(3);
  if (!first) return;
  if (client && isSsl2Hello(first)) yield* skipSsl2(session);
  for (;;) {
    const header = yield* socket.read(5);
    if (!header) return ended(session, client);
    const type = header[0]!;
    const length = (header[3]! << 8) | header[4]!;
    if (!plausible(session, type, header[1]!, length)) return fail(session);
    if (session.frames) nameRecord(session, client, type, length);
    if (type === HANDSHAKE && !handshake.encrypted) {
      const body = yield* socket.read(length);
      if (!body) return;
      if (!handshake.record(body)) return fail(session);
    } else {
      if (type === HEARTBEAT) yield* heartbeat(session, client, length);
      else if (socket.available >= length) socket.skip(length);
      else if (!(yield* socket.discard(length))) return;
      note(session, client, type, handshake);
    }
  }
}

/** The client has said all. */
function ended(session: TlsSession, client: boolean): void {
  if (client && session.client.state === 'end')
    session.advance(transactionOf(session), true, CLIENT_FINISHED);
}

/** The record whose header was just read, as frames. */
function nameRecord(session: TlsSession, client: boolean, type: number, length: number): void {
  const { position } = client ? session.client : session.server;
  const transaction = transactionOf(session);
  session.frame('pdu', client, position - 5, length + 5, transaction);
  session.frame('hdr', client, position - 5, 5, transaction);
  session.frame('data', client, position, length, transaction);
  if (type === ALERT) session.frame('alert', client, position, length, transaction);
  if (type === HEARTBEAT) session.frame('heartbeat', client, position, length, transaction);
}

/** Nothing makes sense any more, in either direction. */
function fail(session: TlsSession): void {
  session.event(transactionOf(session), 'invalid_ssl_record');
  session.failed = true;
}

function plausible(session: TlsSession, type: number, major: number, length: number): boolean {
  const transaction = transactionOf(session);
  if (type < CHANGE_CIPHER_SPEC || type > HEARTBEAT) {
    session.event(transaction, 'invalid_record_type');
    return false;
  }
  if (major !== 3) {
    session.event(transaction, 'invalid_record_version');
    return false;
  }
  if (length > MAX_RECORD) session.event(transaction, 'invalid_tls_header');
  return length <= MAX_RECORD;
}

function note(session: TlsSession, client: boolean, type: number, handshake: HandshakeReader): void {
  const transaction = transactionOf(session);
  const peer = transaction.peer(client);
  if (type === CHANGE_CIPHER_SPEC) {
    // In TLS 1.3 this record means nothing (RFC 8446 D.4), but what follows is encrypted all the same.
    if (
      !client &&
      transaction.server.hello &&
      transaction.server.chain.length === 0 &&
      transaction.version < TLS13
    )
      transaction.resumed = true;
    handshake.encrypted = true;
    peer.encrypted = true;
  } else if (type === APPLICATION_DATA) {
    handshake.encrypted = true;
    peer.encrypted = true;
  }
  if (type === ALERT) return;
  if (peer.encrypted) handshakeDone(session, transaction, client);
  if (!transaction.client.encrypted || !transaction.server.encrypted) return;
  session.present(transaction);
  if (type === APPLICATION_DATA) stopInspection(session);
}

/** Records behind it tell nothing new. */
function handshakeDone(session: TlsSession, transaction: TlsTransaction, client: boolean): void {
  const progress = client ? transaction.progressToServer : transaction.progressToClient;
  const done = client ? CLIENT_HANDSHAKE_DONE : SERVER_HANDSHAKE_DONE;
  if (progress < done) session.advance(transaction, client, done);
}

/** The handshake is over and data flows: nothing more can be read. */
function stopInspection(session: TlsSession): void {
  const { encryptionHandling } = session.settings as TlsSettings;
  if (encryptionHandling === 'track-only') session.requests.stopInspection = 'payload';
  if (encryptionHandling === 'bypass') session.requests.stopInspection = 'bypass';
}

export interface TlsSettings {
  readonly encryptionHandling: 'track-only' | 'bypass' | 'full';
  readonly variants: readonly TlsVariant[];
  /** Members that alerts have. */
  readonly alertMembers: ReadonlySet<string>;
}

/** RFC 6520: a request that says it is longer than it is asks for memory that is not its own. */
function* heartbeat(session: TlsSession, client: boolean, length: number): Generator<void, void, void> {
  const socket = client ? session.client : session.server;
  const transaction = transactionOf(session);
  const body = yield* socket.read(length);
  if (!body) return;
  if (transaction.peer(client).encrypted) {
    encryptedHeartbeat(session, client, length);
    return;
  }
  session.event(transaction, 'heartbeat_message');
  const claimed = length >= 3 ? (body[1]! << 8) | body[2]! : 0;
  if (length < 3 || body[0]! < 1 || body[0]! > 2) session.event(transaction, 'invalid_heartbeat_message');
  else if (claimed + 3 > length) session.event(transaction, 'overflow_heartbeat_message');
}

/** A response that is longer than the request before it may carry what it should not. */
function encryptedHeartbeat(session: TlsSession, client: boolean, length: number): void {
  const transaction = transactionOf(session);
  const asked = transaction.peer(!client).heartbeat;
  if (asked > 0 && length > asked) session.event(transaction, 'dataleak_heartbeat_mismatch');
  transaction.peer(!client).heartbeat = 0;
  transaction.peer(client).heartbeat = asked > 0 ? 0 : length;
}

/** Handshake messages, put together over records. */
class HandshakeReader {
  encrypted = false;
  /** The beginning of a message whose end is in records to come, and how long it must be to go on. */
  private pending: GrowingBytes | undefined;
  private needed = 0;

  constructor(
    private readonly session: TlsSession,
    private readonly client: boolean,
  ) {}

  /** @returns false when the conversation makes no sense any more */
  record(body: Uint8Array): boolean {
    const bytes = this.pending ? this.continued(this.pending, body) : body;
    if (!bytes) return true;
    const cursor = new Cursor(bytes, 0, bytes.length);
    this.needed = 4;
    while (cursor.left >= 4) {
      const start = cursor.at;
      const type = cursor.uint8();
      const length = cursor.uint24();
      if (!isHandshakeType(type)) {
        this.session.event(transactionOf(this.session), 'invalid_handshake_message');
        return false;
      }
      if (length > MAX_MESSAGE) {
        this.session.event(transactionOf(this.session), 'handshake_invalid_length');
        return false;
      }
      if (length > cursor.left) {
        cursor.at = start;
        this.needed = 4 + length;
        break;
      }
      this.message(type, cursor.take(length));
    }
    this.pending = undefined;
    if (cursor.left > 0) {
      this.pending = new GrowingBytes();
      this.pending.append(bytes, cursor.at, bytes.length);
    }
    return true;
  }

  /** What is there of a message that began before; undefined while it is not whole. */
  private continued(pending: GrowingBytes, body: Uint8Array): Uint8Array | undefined {
    pending.append(body);
    return pending.length < this.needed ? undefined : pending.view();
  }

  private message(type: number, body: Uint8Array): void {
    const { session, client } = this;
    const transaction = transactionOf(session);
    if (type === CLIENT_HELLO && client) this.clientHello(transaction, body);
    else if (type === SERVER_HELLO_MESSAGE && !client) this.serverHello(transaction, body);
    else if (type === CERTIFICATE) this.certificate(transaction, body);
    else if (type === CERTIFICATE_REQUEST && !client) transaction.asksClient = true;
    else if (type === SERVER_HELLO_DONE && !client) this.serverHelloDone(transaction);
    else if ((type === CLIENT_HELLO) !== client && type <= SERVER_HELLO_MESSAGE)
      session.event(transaction, 'invalid_handshake_message');
  }

  /** The server has shown all it shows in the clear. */
  private serverHelloDone(transaction: TlsTransaction): void {
    this.session.advance(transaction, false, SERVER_HANDSHAKE_DONE);
    if (!transaction.asksClient) this.session.present(transaction);
  }

  private clientHello(transaction: TlsTransaction, body: Uint8Array): void {
    const hello = parseHello(body, true, problem => this.session.event(transaction, problem));
    if (!hello) return;
    // The first one counts, also where the server asks for another (RFC 8446 4.1.4).
    transaction.client.hello ??= hello;
    transaction.version ||= hello.legacyVersion;
    this.session.advance(transaction, true, CLIENT_HELLO_DONE);
  }

  private serverHello(transaction: TlsTransaction, body: Uint8Array): void {
    const hello = parseHello(body, false, problem => this.session.event(transaction, problem));
    if (!hello) return;
    transaction.server.hello = hello;
    transaction.version = hello.versions[0] ?? hello.legacyVersion;
    this.session.advance(transaction, false, SERVER_HELLO);
    // TLS 1.3 encrypts from here on.
    if (transaction.version === TLS13) this.encrypted = true;
  }

  /** RFC 5246 7.4.2: a list of certificates, each behind its length. */
  private certificate(transaction: TlsTransaction, body: Uint8Array): void {
    const cursor = new Cursor(body, 0, body.length);
    const list = cursor.part(Math.min(cursor.uint24(), Math.max(0, body.length - 3)));
    const chain: Uint8Array[] = [];
    while (list.left >= 3) {
      const certificate = list.take(list.uint24());
      if (list.failed) {
        this.session.event(transaction, 'certificate_invalid_length');
        break;
      }
      chain.push(certificate.slice());
    }
    const peer = transaction.peer(this.client);
    peer.chain = chain;
    peer.shownAt = this.session.seconds;
    if (peer.certificateProblem) this.session.event(transaction, peer.certificateProblem);
    this.session.advance(transaction, this.client, this.client ? CLIENT_CERT_DONE : SERVER_CERT_DONE);
    if (this.client) this.session.present(transaction);
  }
}

/** Types of handshake messages in use (IANA "TLS HandshakeType"). */
function isHandshakeType(type: number): boolean {
  return type <= 26 || type === 67 || type === 203 || type === 254;
}

// ── SSL 2.0 (draft-hickman-netscape-ssl-00), still used as a first hello that offers newer versions ──

export function isSsl2Hello(first: Uint8Array): boolean {
  return (first[0]! & 0x80) !== 0 && first[2] === CLIENT_HELLO;
}

function* skipSsl2(session: TlsSession): Generator<void, void, void> {
  const header = yield* session.client.read(5);
  if (!header) return;
  const length = ((header[0]! & 0x7f) << 8) | header[1]!;
  const transaction = transactionOf(session);
  transaction.version = header[3] === 0 ? SSL2 : (header[3]! << 8) | header[4]!;
  if (length < 9) session.event(transaction, 'invalid_sslv2_header');
  yield* session.client.discard(Math.max(0, length - 3));
  session.advance(transaction, true, CLIENT_HELLO_DONE);
}
