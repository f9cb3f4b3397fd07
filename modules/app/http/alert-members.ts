/** What alerts tell of a transaction besides its record: its files, and whom a proxy asked for. */
import { filesMember } from '../../../engine/files/file-record.js';
import { forwardedForMember } from './forwarded-for.js';
import type { HttpTransaction } from './transaction.js';

export function httpAlertMembers(transaction: HttpTransaction, toServer: boolean): string {
  return [filesMember(transaction, toServer), forwardedForMember(transaction)]
    .filter(each => each !== '')
    .join();
}
