/** SSL 2.0 (draft-hickman-netscape-ssl-00), still used as a first hello that offers newer versions. */
import { uint16 } from '../../../engine/network-order.js';
import { type TlsSession, transactionOf } from './session.js';
import { CLIENT_HELLO_DONE } from './transaction.js';
import { SSL2 } from './version.js';

const CLIENT_HELLO = 1;

export function isSsl2Hello(first: Uint8Array): boolean {
  return (first[0]! & 0x80) !== 0 && first[2] === CLIENT_HELLO;
}

export function* skipSsl2(session: TlsSession): Generator<void, void, void> {
  const header = yield* session.client.read(5);
  if (!header) return;
  const length = ((header[0]! & 0x7f) << 8) | header[1]!;
  const transaction = transactionOf(session);
  transaction.version = header[3] === 0 ? SSL2 : uint16(header, 3);
  if (length < 9) session.event(transaction, 'invalid_sslv2_header');
  yield* session.client.discard(Math.max(0, length - 3));
  session.advance(transaction, true, CLIENT_HELLO_DONE);
}
