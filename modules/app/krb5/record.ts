/** The EVE record of Kerberos. */
import type { KerberosTransaction } from './exchange.js';
import { encryptionName, errorName, isWeak, messageName } from './names.js';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const nameOf = (parts: readonly Uint8Array[]): string =>
  parts.length === 0 ? '<empty>' : parts.map(text).join('/');

export function kerberosRecord({ message, failedRequest }: KerberosTransaction): string {
  if (!message) return '"krb5":{}';
  const { type, errorCode, encryption, ticketEncryption } = message;
  const record = {
    msg_type: messageName(type),
    ...(errorCode !== undefined && {
      failed_request: messageName(failedRequest ?? 0),
      error_code: errorName(errorCode),
    }),
    cname: nameOf(message.cname),
    realm: message.realm ? text(message.realm) : '<empty>',
    sname: nameOf(message.sname),
    encryption: encryptionName(encryption),
    weak_encryption: isWeak(encryption),
    ...(ticketEncryption !== undefined && {
      ticket_encryption: encryptionName(ticketEncryption),
      ticket_weak_encryption: isWeak(ticketEncryption),
    }),
  };
  return `"krb5":${JSON.stringify(record)}`;
}
