/** How requests end: complete, or abandoned. */
import type { StreamSocket } from '../../../engine/application/stream-socket.js';
import type { Connection } from './connection.js';
import { COMPLETE, type HttpTransaction } from './transaction.js';

export function abort(connection: Connection, transaction: HttpTransaction, socket: StreamSocket): boolean {
  if (socket.state === 'limit') {
    connection.report(transaction, 'request_field_too_long');
    connection.fail();
    return false;
  }
  if (socket.state !== 'gap') return false;
  complete(connection, transaction);
  return crossGap(socket);
}

/** The data after a gap is treated as a new request. */
export function crossGap(socket: StreamSocket): boolean {
  socket.resume();
  return true;
}

export function complete(connection: Connection, transaction: HttpTransaction): void {
  transaction.request.frame?.endAt(connection.session.client.position);
  connection.advance(transaction, true, COMPLETE);
}
