/** Session setup: security blobs of both versions. */
import type { Connection } from './connection.js';
import { readTicket } from './kerberos.js';
import { readNtlm } from './ntlm.js';
import type { SmbTransaction } from './transaction.js';

/** Identification of the client. */
export function takeBlob({ session }: Connection, transaction: SmbTransaction, blob: Uint8Array): void {
  transaction.detail.setup ??= {};
  const { setup } = transaction.detail;
  const ntlm = readNtlm(blob);
  if (ntlm === 'malformed') session.event(transaction, 'malformed_ntlmssp_request');
  else if (ntlm) setup.ntlm = ntlm;
  if (setup.ntlm?.isUnordered) session.event(transaction, 'unusual_ntlmssp_order');
  const ticket = ntlm ? undefined : readTicket(blob);
  if (ticket) setup.kerberos = ticket;
}
