/** Evaluation of handshake messages (RFC 8446 4, RFC 5246 7.4): hellos and certificates. */
import { Cursor } from './cursor.js';
import { parseHello } from './hello.js';
import { type TlsSession, transactionOf } from './session.js';
import {
  CLIENT_CERT_DONE,
  CLIENT_HELLO_DONE,
  SERVER_CERT_DONE,
  SERVER_HANDSHAKE_DONE,
  SERVER_HELLO,
  type TlsTransaction,
} from './transaction.js';
import { isTls13 } from './version.js';

const CLIENT_HELLO = 1;
const SERVER_HELLO_MESSAGE = 2;
const CERTIFICATE = 11;
const CERTIFICATE_REQUEST = 13;
const SERVER_HELLO_DONE = 14;
/** Maximum certificates kept per chain. */
const MAX_CERTIFICATES = 1000;

/** Processes a message. @param client whether the client sent it  @returns whether everything after it is encrypted */
export function takeMessage(session: TlsSession, client: boolean, type: number, body: Uint8Array): boolean {
  const transaction = transactionOf(session);
  if (type === SERVER_HELLO_MESSAGE && !client) return processServerHello(session, transaction, body);
  if (type === CLIENT_HELLO && client) processClientHello(session, transaction, body);
  else if (type === CERTIFICATE) processCertificates(session, transaction, body, client);
  else if (type === CERTIFICATE_REQUEST && !client) transaction.asksClient = true;
  else if (type === SERVER_HELLO_DONE && !client) serverHelloDone(session, transaction);
  else if ((type === CLIENT_HELLO) !== client && type <= SERVER_HELLO_MESSAGE)
    session.event(transaction, 'invalid_handshake_message');
  return false;
}

/** The server has sent all of its plaintext messages. */
function serverHelloDone(session: TlsSession, transaction: TlsTransaction): void {
  session.advance(transaction, false, SERVER_HANDSHAKE_DONE);
  if (!transaction.asksClient) session.recordEarly(transaction);
}

function processClientHello(session: TlsSession, transaction: TlsTransaction, body: Uint8Array): void {
  const hello = parseHello(body, true, problem => session.event(transaction, problem));
  if (!hello) return;
  // The first one is used, even if the server requests another (RFC 8446 4.1.4).
  transaction.client.hello ??= hello;
  transaction.version ||= hello.legacyVersion;
  session.advance(transaction, true, CLIENT_HELLO_DONE);
}

/** @returns whether it selects TLS 1.3, which encrypts from here on */
function processServerHello(session: TlsSession, transaction: TlsTransaction, body: Uint8Array): boolean {
  const hello = parseHello(body, false, problem => session.event(transaction, problem));
  if (!hello) return false;
  // As for the client: what rules have inspected does not change.
  if (transaction.server.hello) return isTls13(transaction.version);
  transaction.server.hello = hello;
  transaction.version = hello.versions[0] ?? hello.legacyVersion;
  session.advance(transaction, false, SERVER_HELLO);
  return isTls13(transaction.version);
}

function processCertificates(
  session: TlsSession,
  transaction: TlsTransaction,
  body: Uint8Array,
  client: boolean,
): void {
  const peer = transaction.peer(client);
  const chain = chainOf(body, () => session.event(transaction, 'certificate_invalid_length'));
  if (peer.chain.length > 0) return;
  peer.chain = chain;
  peer.shownAt = session.seconds;
  if (peer.certificateProblem) session.event(transaction, peer.certificateProblem);
  session.advance(transaction, client, client ? CLIENT_CERT_DONE : SERVER_CERT_DONE);
  if (client) session.recordEarly(transaction);
}

/** RFC 5246 7.4.2: a list of certificates, each preceded by its length. */
function chainOf(body: Uint8Array, failed: () => void): Uint8Array[] {
  const cursor = new Cursor(body, 0, body.length);
  const list = cursor.part(Math.min(cursor.uint24(), Math.max(0, body.length - 3)));
  const chain: Uint8Array[] = [];
  while (list.left >= 3 && chain.length < MAX_CERTIFICATES) {
    const certificate = list.take(list.uint24());
    if (list.failed) {
      failed();
      break;
    }
    chain.push(certificate.slice());
  }
  return chain;
}
