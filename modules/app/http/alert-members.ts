/** What alerts tell of a transaction besides its record: its files, and who asked a proxy. */
import { filesMember } from '../../../engine/files/file-record.js';
import { forwardedFor } from './forwarded-for.js';
import type { HttpTransaction } from './transaction.js';

export function httpAlertMembers(transaction: HttpTransaction): string {
  const files = filesMember(transaction);
  const settings = transaction.settings.forwardedFor;
  const address = settings && forwardedFor(settings, transaction.request.headers?.text(settings.header));
  const members = address === undefined ? '' : `"alert":{"xff":"${address}"}`;
  return files !== '' && members !== '' ? `${files},${members}` : files + members;
}
