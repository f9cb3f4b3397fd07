/** Heartbeats (RFC 6520), which were once used to read the memory of servers (Heartbleed). */
import { uint16 } from '../../../engine/packet/network-order.js';
import { type TlsSession, transactionOf } from './session.js';

/** A request whose stated length exceeds its actual length asks for foreign memory. */
export function* heartbeat(
  session: TlsSession,
  client: boolean,
  length: number,
): Generator<void, void, void> {
  const socket = client ? session.client : session.server;
  const transaction = transactionOf(session);
  const body = yield* socket.read(length);
  if (!body) return;
  if (transaction.peer(client).encrypted) {
    encryptedHeartbeat(session, client, length);
    return;
  }
  session.event(transaction, 'heartbeat_message');
  const claimed = length >= 3 ? uint16(body, 1) : 0;
  if (length < 3 || body[0]! < 1 || body[0]! > 2) session.event(transaction, 'invalid_heartbeat_message');
  else if (claimed + 3 > length) session.event(transaction, 'overflow_heartbeat_message');
}

/** A response longer than its request may leak memory. */
function encryptedHeartbeat(session: TlsSession, client: boolean, length: number): void {
  const transaction = transactionOf(session);
  const asked = transaction.peer(!client).heartbeat;
  if (asked > 0 && length > asked) session.event(transaction, 'dataleak_heartbeat_mismatch');
  transaction.peer(!client).heartbeat = 0;
  transaction.peer(client).heartbeat = asked > 0 ? 0 : length;
}
