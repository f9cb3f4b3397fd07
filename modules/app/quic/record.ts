/** The EVE record of QUIC. */
import type { Hello } from '../tls/hello.js';
import { EXTENSION_NAMES } from './extension-names.js';
import type { QuicSettings, QuicTransaction } from './transaction.js';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

export function quicRecord(transaction: QuicTransaction, settings: QuicSettings | undefined): string {
  const { versionText, serverName, google, hello } = transaction;
  const record: Record<string, unknown> = {};
  if (versionText !== undefined) record['version'] = versionText;
  if (serverName) record['sni'] = text(serverName);
  if (google?.userAgent) record['ua'] = text(google.userAgent);
  if (google) record['cyu'] = [{ hash: google.cyu.hash, string: google.cyu.text }];
  if (hello) Object.assign(record, fingerprints(transaction, settings));
  if (hello && hello.extensions.length > 0)
    record['extensions'] = hello.extensions.map(type => extension(type, hello));
  return `"quic":${JSON.stringify(record)}`;
}

function fingerprints(transaction: QuicTransaction, settings: QuicSettings | undefined): object {
  const { ja3, ja4, toServer } = transaction;
  return {
    ...(ja3 &&
      settings?.ja3 !== false && { [toServer ? 'ja3' : 'ja3s']: { hash: ja3.hash, string: ja3.text } }),
    ...(ja4 && settings?.ja4 !== false && { ja4 }),
  };
}

function extension(type: number, hello: Hello): object {
  const name = EXTENSION_NAMES[type];
  const values = valuesOf(type, hello);
  return { ...(name && { name }), type, ...(values.length > 0 && { values: values.map(text) }) };
}

function valuesOf(type: number, { serverName, alpn }: Hello): readonly Uint8Array[] {
  if (type === 0) return serverName ? [serverName] : [];
  return type === 16 ? alpn : [];
}
