/** The EVE record of a TLS handshake. */
import type { Certificate } from './certificate.js';
import type { TlsSettings } from './records.js';
import type { TlsTransaction } from './transaction.js';
import { versionName } from './version.js';

type Json = Record<string, unknown>;

/** Undefined when there is nothing to tell: the conversation broke off before any hello. */
export function tlsRecord(
  transaction: TlsTransaction,
  { extended, ja3, ja4 }: Omit<TlsSettings, 'encryptionHandling'>,
): Json {
  const { client, server } = transaction;
  const { certificate } = server;
  const record: Json = {};
  if (certificate) {
    record.subject = certificate.subject;
    record.issuerdn = certificate.issuer;
  }
  if (transaction.resumed) record.session_resumed = true;
  if (!extended) return record;
  if (certificate) Object.assign(record, certificateMembers(certificate));
  const { serverName } = client.hello ?? {};
  if (serverName && serverName.length > 0) record.sni = latin1(serverName);
  if (transaction.version !== 0) record.version = versionName(transaction.version);
  if (certificate) {
    record.notbefore = isoTime(certificate.notBefore);
    record.notafter = isoTime(certificate.notAfter);
    if (certificate.alternativeNames.length > 0) record.subjectaltname = certificate.alternativeNames;
  }
  if (ja3 && transaction.ja3) record.ja3 = { hash: transaction.ja3.hash, string: transaction.ja3.text };
  if (ja3 && transaction.ja3s) record.ja3s = { hash: transaction.ja3s.hash, string: transaction.ja3s.text };
  if (ja4 && transaction.ja4) record.ja4 = transaction.ja4;
  const alpns = { client_alpns: client.hello?.alpn, server_alpns: server.hello?.alpn };
  for (const [name, list] of Object.entries(alpns))
    if (list && list.length > 0) record[name] = list.map(latin1);
  return record;
}

function certificateMembers({ serial, fingerprint }: Certificate): Json {
  return { serial, fingerprint };
}

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** `2014-04-09T11:33:42` */
const isoTime = (seconds: number): string =>
  Number.isFinite(seconds) ? new Date(seconds * 1000).toISOString().slice(0, 19) : '';
