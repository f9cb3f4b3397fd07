/** How a connection begins: with a preface, or upgraded from HTTP/1.1 (RFC 7540 3.2). */
import type { Session } from '../../../engine/application/session.js';
import type { HttpUpgrade } from '../http/upgrade.js';
import { Connection } from './connection.js';
import { parseSettings, SETTINGS } from './frame.js';
import type { Http2Transaction } from './transaction.js';

/** The connection of a session, created by the direction that needs it first. */
export function begin(session: Session<Http2Transaction>): Connection {
  if (session.state === undefined) {
    const connection = new Connection(session);
    session.state = connection;
    if (session.inherited !== undefined) upgraded(connection, session.inherited as HttpUpgrade);
  }
  return session.state as Connection;
}

/** The settings were in a header field, and the request is that of stream 1. */
function upgraded(connection: Connection, { settings, fields }: HttpUpgrade): void {
  const parsed = settings === undefined ? undefined : parseSettings(Buffer.from(settings, 'base64url'));
  connection.streams.addGlobal(true, transaction => {
    transaction.request.note(transaction.request.frames, SETTINGS);
    if (parsed) transaction.request.storeSettings(parsed);
    else connection.streams.report(transaction, 'invalid_http1_settings');
  });
  connection.addRequest(1, fields);
}
