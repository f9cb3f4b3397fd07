/** Members of alerts besides the transaction's record: its files, and the client address behind a proxy. */
import { filesMember } from '../../../engine/files/file-record.js';
import { forwardedForMember } from './forwarded-for.js';
import type { HttpTransaction } from './transaction.js';

export function httpAlertMembers(transaction: HttpTransaction, toServer: boolean): string {
  return [filesMember(transaction, toServer), forwardedForMember(transaction)]
    .filter(each => each !== '')
    .join();
}
