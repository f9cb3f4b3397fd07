/** Sticky buffers of hellos, fingerprints and certificates, and numeric keywords. */
import {
  type BufferDeclaration,
  bytesOfText,
  MD5_TEXT,
  type ValueDeclaration,
} from '../../../engine/protocol.js';
import { JA3, JA4 } from './settings.js';
import {
  CLIENT_HELLO_DONE,
  type Peer,
  SERVER_CERT_DONE,
  SERVER_HELLO,
  type TlsTransaction,
} from './transaction.js';

type Buffer_ = BufferDeclaration<TlsTransaction>;

/** A value of the ClientHello. */
function ofClient(
  keyword: string,
  summary: string,
  get: Buffer_['get'],
  more: Partial<Buffer_> = {},
): Buffer_ {
  return { keyword, summary, direction: 'to_server', progress: CLIENT_HELLO_DONE, get, ...more };
}

/** A value of the certificates of either side: both have them at the same progress number. */
function certificateBuffer(
  keyword: string,
  summary: string,
  of: (peer: Peer, index: number) => Uint8Array | undefined,
  more: Partial<Buffer_> = {},
): Buffer_ {
  const get: Buffer_['get'] = (transaction, toServer, index) => of(transaction.peer(toServer), index);
  return { keyword, summary, direction: 'either', progress: SERVER_CERT_DONE, get, ...more };
}

export const BUFFERS: readonly Buffer_[] = [
  ofClient(
    'tls.sni',
    'Server name requested by the client (SNI).',
    ({ client }) => client.hello?.serverName,
    {
      aliases: ['tls_sni'],
    },
  ),
  ofClient(
    'tls.alpn',
    'Application protocol that the client offers or the server selected.',
    (transaction, toServer, index) => transaction.peer(toServer).hello?.alpn[index],
    { multiple: true, direction: 'either' },
  ),
  ofClient('ja3.hash', 'JA3 fingerprint (MD5) of the client.', ({ ja3 }) => bytesOfText(ja3?.hash), {
    aliases: ['ja3_hash'],
    switch: JA3.path,
    form: MD5_TEXT,
  }),
  ofClient('ja3.string', 'JA3 string of the client.', ({ ja3 }) => bytesOfText(ja3?.text), {
    aliases: ['ja3_string'],
    switch: JA3.path,
  }),
  ofClient('ja4.hash', 'JA4 fingerprint of the client.', ({ ja4 }) => bytesOfText(ja4), {
    aliases: ['ja4_hash'],
    switch: JA4.path,
  }),
  {
    ...ofClient('ja3s.hash', 'JA3S fingerprint (MD5) of the server.', ({ ja3s }) => bytesOfText(ja3s?.hash)),
    switch: JA3.path,
    form: MD5_TEXT,
    direction: 'to_client',
    progress: SERVER_HELLO,
  },
  {
    ...ofClient('ja3s.string', 'JA3S string of the server.', ({ ja3s }) => bytesOfText(ja3s?.text)),
    switch: JA3.path,
    direction: 'to_client',
    progress: SERVER_HELLO,
  },
  random('tls.random', 'The 32 random bytes of a hello.', 0, 32),
  random('tls.random_time', 'The first 4 random bytes of a hello.', 0, 4),
  random('tls.random_bytes', 'The last 28 random bytes of a hello.', 4, 32),
  certificateBuffer(
    'tls.cert_subject',
    'Subject of the certificate.',
    ({ certificate }) => bytesOfText(certificate?.subject),
    { aliases: ['tls_cert_subject'] },
  ),
  certificateBuffer(
    'tls.cert_issuer',
    'Issuer of the certificate.',
    ({ certificate }) => bytesOfText(certificate?.issuer),
    { aliases: ['tls_cert_issuer'] },
  ),
  certificateBuffer(
    'tls.cert_serial',
    'Serial number of the certificate.',
    ({ certificate }) => bytesOfText(certificate?.serial),
    { aliases: ['tls_cert_serial'], form: { letters: 'upper', pairs: true } },
  ),
  certificateBuffer(
    'tls.cert_fingerprint',
    'SHA-1 fingerprint of the certificate.',
    ({ certificate }) => bytesOfText(certificate?.fingerprint),
    { aliases: ['tls_cert_fingerprint'], form: { letters: 'lower', length: 59, pairs: true } },
  ),
  certificateBuffer('tls.certs', 'Certificate of the chain, as sent.', ({ chain }, index) => chain[index], {
    multiple: true,
  }),
  certificateBuffer(
    'tls.subjectaltname',
    'Subject alternative name of the certificate.',
    ({ certificate }, index) => bytesOfText(certificate?.alternativeNames[index]),
    { multiple: true, direction: 'to_client' },
  ),
];

function random(keyword: string, summary: string, from: number, to: number): Buffer_ {
  const get: Buffer_['get'] = (transaction, toServer) =>
    transaction.peer(toServer).hello?.random.subarray(from, to);
  return { keyword, summary, direction: 'either', progress: CLIENT_HELLO_DONE, get };
}

export const VALUES: readonly ValueDeclaration<TlsTransaction>[] = [
  {
    keyword: 'tls.cert_chain_len',
    bits: 32,
    direction: 'to_client',
    progress: SERVER_CERT_DONE,
    summary: 'Number of certificates in the chain.',
    get: ({ server }) => [server.chain.length],
  },
];
