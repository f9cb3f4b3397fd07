/** State of a TLS connection. */
import type { Session } from '../../../engine/application/session.js';
import type { TlsSettings } from './settings.js';
import { TlsTransaction } from './transaction.js';

export type TlsSession = Session<TlsTransaction>;

/** The only transaction of a connection, created if there is none. */
export function transactionOf(session: TlsSession): TlsTransaction {
  return session.transactions[0] ?? (session.state as TlsTransaction | undefined) ?? begin(session);
}

function begin(session: TlsSession): TlsTransaction {
  const transaction = session.begin(new TlsTransaction((session.settings as TlsSettings).alertMembers));
  session.state = transaction;
  transaction.fromProtocol = session.previousProtocol;
  return transaction;
}
