/** How responses end: complete, or abandoned. */
import type { StreamSocket } from '../../../engine/application/stream-socket.js';
import type { Connection } from './connection.js';
import { COMPLETE, type HttpTransaction } from './transaction.js';

export function abort(connection: Connection, transaction: HttpTransaction, socket: StreamSocket): boolean {
  if (socket.state === 'limit') {
    connection.report(transaction, 'response_field_too_long');
    connection.fail();
    return false;
  }
  // After a gap, the next response is searched for; the line that the gap cut can never be completed.
  if (socket.state !== 'gap') return false;
  socket.skip(socket.available);
  complete(connection, transaction);
  return true;
}

export function complete(connection: Connection, transaction: HttpTransaction): void {
  transaction.response.frame?.endAt(connection.session.server.position);
  connection.advance(transaction, false, COMPLETE);
}
