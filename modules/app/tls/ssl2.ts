/** SSL 2.0 (draft-hickman-netscape-ssl-00), still used as a first hello that offers newer versions. */
import type { Reading } from '../../../engine/application/stream-socket.js';
import { uint16 } from '../../../engine/packet/network-order.js';
import { type TlsSession, transactionOf } from './session.js';
import { CLIENT_HELLO_DONE } from './transaction.js';
import { SSL2 } from './version.js';

const ERROR = 0;
const CLIENT_HELLO = 1;
const SERVER_HELLO = 4;
/** Length of an error: type and code. Encrypted ones are longer by their checksum. */
const ERROR_LENGTH = 3;

export function isSsl2Hello(first: Uint8Array): boolean {
  return (first[0]! & 0x80) !== 0 && first[2] === CLIENT_HELLO;
}

/** Whether a server answers with SSL 2.0. */
export function isSsl2Answer(first: Uint8Array): boolean {
  return (first[0]! & 0x80) !== 0 && (first[2] === SERVER_HELLO || first[2] === ERROR);
}

/** @returns whether no newer version is offered */
export function* skipSsl2(session: TlsSession): Reading<boolean> {
  const header = yield* session.client.read(5);
  if (!header) return false;
  const length = ((header[0]! & 0x7f) << 8) | header[1]!;
  const transaction = transactionOf(session);
  transaction.version = header[3] === 0 ? SSL2 : uint16(header, 3);
  if (length < 9) session.event(transaction, 'invalid_sslv2_header');
  yield* session.client.discard(Math.max(0, length - 3));
  session.advance(transaction, true, CLIENT_HELLO_DONE);
  return transaction.version === SSL2;
}

/** Reads records to the end of one side; of the plaintext ones, an error means that negotiation failed. */
export function* ssl2Records(session: TlsSession, client: boolean): Reading<void> {
  const socket = client ? session.client : session.server;
  for (;;) {
    const first = yield* socket.peek(3);
    if (!first) return;
    // A header of three bytes indicates padding.
    const short = (first[0]! & 0x80) !== 0;
    const length = uint16(first, 0) & (short ? 0x7fff : 0x3fff);
    if (short && length === ERROR_LENGTH && first[2] === ERROR)
      session.event(transactionOf(session), 'error_message_encountered');
    if (!(yield* socket.discard(length + (short ? 2 : 3)))) return;
  }
}
