/** What is known of a TLS conversation while it lasts, and what its options are. */
import type { Session } from '../../../engine/application/session.js';
import type { TlsVariant } from './outputs.js';
import { TlsTransaction } from './transaction.js';

export type TlsSession = Session<TlsTransaction>;

export interface TlsSettings {
  readonly encryptionHandling: 'track-only' | 'bypass' | 'full';
  readonly variants: readonly TlsVariant[];
  /** Members that alerts have. */
  readonly alertMembers: ReadonlySet<string>;
}

/** The one transaction of a conversation, begun when there is none. */
export function transactionOf(session: TlsSession): TlsTransaction {
  return session.transactions[0] ?? (session.state as TlsTransaction | undefined) ?? begin(session);
}

function begin(session: TlsSession): TlsTransaction {
  const transaction = session.begin(new TlsTransaction((session.settings as TlsSettings).alertMembers));
  session.state = transaction;
  transaction.fromProtocol = session.precededBy;
  return transaction;
}
