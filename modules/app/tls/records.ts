/** One direction of a TLS connection (RFC 8446 5): records, and the handling of each. */
import { uint16 } from '../../../engine/packet/network-order.js';
import { HandshakeReader } from './handshake.js';
import { heartbeat } from './heartbeat.js';
import { type TlsSession, transactionOf } from './session.js';
import type { TlsSettings } from './settings.js';
import { isSsl2Answer, isSsl2Hello, skipSsl2, ssl2Records } from './ssl2.js';
import {
  CLIENT_FINISHED,
  CLIENT_HANDSHAKE_DONE,
  SERVER_HANDSHAKE_DONE,
  type TlsTransaction,
} from './transaction.js';
import { TLS13 } from './version.js';

const CHANGE_CIPHER_SPEC = 20;
const ALERT = 21;
const HANDSHAKE = 22;
const APPLICATION_DATA = 23;
const HEARTBEAT = 24;

/** Length of the record header. */
const HEADER = 5;
/** Maximum length of a record (RFC 5246 6.2.3). */
const MAX_RECORD = 16_384 + 2048;

/** Reads one direction to its end. */
export function* readRecords(session: TlsSession, client: boolean): Generator<void, void, void> {
  const socket = client ? session.client : session.server;
  const handshake = new HandshakeReader(session, client);
  if (!(yield* socket.wait(1))) return;
  session.advance(transactionOf(session), client, 0);
  const first = yield* socket.peek(3);
  if (!first) return;
  const isSsl2 = client ? isSsl2Hello(first) && (yield* skipSsl2(session)) : isSsl2Answer(first);
  if (isSsl2) {
    yield* ssl2Records(session, client);
    return ended(session, client);
  }
  for (;;) {
    if (!(socket.available >= HEADER || (yield* socket.wait(HEADER)))) return ended(session, client);
    const { view, offset } = socket;
    const type = view[offset]!;
    const length = uint16(view, offset + 3);
    const isPlausible = isPlausibleRecord(session, type, view[offset + 1]!, length);
    socket.skip(HEADER);
    if (!isPlausible) return fail(session);
    if (session.frames) nameRecord(session, client, type, length);
    if (type === HANDSHAKE && !handshake.encrypted) {
      const body = yield* socket.read(length);
      if (!body) return;
      if (!handshake.record(body)) return fail(session);
    } else {
      if (type === HEARTBEAT) yield* heartbeat(session, client, length);
      else if (socket.available >= length) socket.skip(length);
      else if ((yield* socket.pass(length)) > 0) return;
      updateState(session, client, type, handshake);
    }
  }
}

/** The client has sent everything. */
function ended(session: TlsSession, client: boolean): void {
  if (client && session.client.state === 'end')
    session.advance(transactionOf(session), true, CLIENT_FINISHED);
}

/** The record whose header was just read, as frames. */
function nameRecord(session: TlsSession, client: boolean, type: number, length: number): void {
  const { position } = client ? session.client : session.server;
  const transaction = transactionOf(session);
  session.frame('pdu', client, position - HEADER, length + HEADER, transaction);
  session.frame('hdr', client, position - HEADER, HEADER, transaction);
  session.frame('data', client, position, length, transaction);
  if (type === ALERT) session.frame('alert', client, position, length, transaction);
  if (type === HEARTBEAT) session.frame('heartbeat', client, position, length, transaction);
}

/** The data is invalid: parsing stops in both directions. */
function fail(session: TlsSession): void {
  session.event(transactionOf(session), 'invalid_ssl_record');
  session.failed = true;
}

function isPlausibleRecord(session: TlsSession, type: number, major: number, length: number): boolean {
  const transaction = transactionOf(session);
  if (type < CHANGE_CIPHER_SPEC || type > HEARTBEAT) {
    session.event(transaction, 'invalid_record_type');
    return false;
  }
  if (major !== 3) {
    session.event(transaction, 'invalid_record_version');
    return false;
  }
  if (length > MAX_RECORD) session.event(transaction, 'invalid_record_length');
  return length <= MAX_RECORD;
}

/** What the type of a record alone indicates. */
function updateState(session: TlsSession, client: boolean, type: number, handshake: HandshakeReader): void {
  const transaction = transactionOf(session);
  const peer = transaction.peer(client);
  if (type === CHANGE_CIPHER_SPEC && !client) detectResumption(transaction);
  // In TLS 1.3, ChangeCipherSpec has no meaning (RFC 8446 D.4), but what follows is encrypted nevertheless.
  if (type === CHANGE_CIPHER_SPEC || type === APPLICATION_DATA) {
    handshake.encrypted = true;
    peer.encrypted = true;
  }
  if (type === ALERT) return;
  if (peer.encrypted) handshakeDone(session, transaction, client);
  if (!transaction.client.encrypted || !transaction.server.encrypted) return;
  session.recordEarly(transaction);
  if (type === APPLICATION_DATA) stopInspection(session);
}

/** A server that encrypts without having sent a certificate resumes an earlier session (RFC 5246 7.3). */
function detectResumption(transaction: TlsTransaction): void {
  const { server, version } = transaction;
  if (server.hello && server.chain.length === 0 && version < TLS13) transaction.resumed = true;
}

/** Later records add no information. */
function handshakeDone(session: TlsSession, transaction: TlsTransaction, client: boolean): void {
  const progress = client ? transaction.progressToServer : transaction.progressToClient;
  const done = client ? CLIENT_HANDSHAKE_DONE : SERVER_HANDSHAKE_DONE;
  if (progress < done) session.advance(transaction, client, done);
}

/** The handshake is complete and data flows: nothing more can be parsed. */
function stopInspection(session: TlsSession): void {
  const { encryptionHandling } = session.settings as TlsSettings;
  if (encryptionHandling === 'track-only') session.requests.stopInspection = 'payload';
  if (encryptionHandling === 'bypass') session.requests.stopInspection = 'bypass';
}
