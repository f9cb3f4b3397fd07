/** TLS 1.0 to 1.3 and SSL 3.0: the handshake of both sides, certificates and fingerprints. */
import { isSwitchedOn } from '../../engine/asked-keywords.js';
import type { Config } from '../../engine/config/config.js';
import { choice, option, text } from '../../engine/config/option.js';
import { declareFrames } from '../../engine/frames/frame-protocol.js';
import { type BufferDeclaration, defineProtocol, MD5_TEXT, type ProbeResult } from '../../engine/protocol.js';
import { tlsRecord } from './tls/eve.js';
import { tlsTests } from './tls/keywords.js';
import { TLS_OUTPUT_OPTIONS, tlsVariants, usualMembers } from './tls/outputs.js';
import { direction } from './tls/records.js';
import { type TlsSettings, transactionOf } from './tls/session.js';
import { isSsl2Hello } from './tls/ssl2.js';
import {
  CLIENT_HANDSHAKE_DONE,
  CLIENT_HELLO_DONE,
  CLIENT_PROGRESS,
  type Peer,
  SERVER_CERT_DONE,
  SERVER_HANDSHAKE_DONE,
  SERVER_HELLO,
  SERVER_PROGRESS,
  type TlsTransaction,
} from './tls/transaction.js';

const ENCRYPTION = option(
  'app-layer.protocols.tls.encryption-handling',
  choice('track-only', 'default', 'bypass', 'full'),
  'track-only',
  'what becomes of a flow once it is encrypted: track-only, bypass it, or full inspection',
);
const JA3 = option(
  'app-layer.protocols.tls.ja3-fingerprints',
  text,
  'auto',
  'show JA3 fingerprints in records: yes, no or auto',
);
const JA4 = option(
  'app-layer.protocols.tls.ja4-fingerprints',
  text,
  'auto',
  'show JA4 fingerprints in records: yes, no or auto',
);
const EVENTS = [
  'invalid_sslv2_header',
  'invalid_tls_header',
  'invalid_record_version',
  'invalid_record_type',
  'invalid_record_length',
  'invalid_handshake_message',
  'heartbeat_message',
  'invalid_heartbeat_message',
  'overflow_heartbeat_message',
  'dataleak_heartbeat_mismatch',
  'handshake_invalid_length',
  'multiple_sni_extensions',
  'invalid_sni_type',
  'invalid_sni_length',
  'too_many_records_in_packet',
  'invalid_alert_message',
  'invalid_certificate',
  'certificate_invalid_length',
  'certificate_invalid_version',
  'certificate_invalid_serial',
  'certificate_invalid_algorithmidentifier',
  'certificate_invalid_x509name',
  'certificate_invalid_date',
  'certificate_invalid_extensions',
  'certificate_invalid_der',
  'certificate_invalid_subject',
  'certificate_invalid_issuer',
  'certificate_invalid_validity',
  'certificate_missing_element',
  'certificate_unknown_element',
  'certificate_invalid_string',
  'error_message_encountered',
  'invalid_ssl_record',
] as const;

type Buffer_ = BufferDeclaration<TlsTransaction>;

const bytesOf = (value: string | undefined): Uint8Array | undefined =>
  value === undefined ? undefined : Buffer.from(value);

/** Something of the ClientHello. */
function ofClient(
  keyword: string,
  summary: string,
  get: Buffer_['get'],
  more: Partial<Buffer_> = {},
): Buffer_ {
  return { keyword, summary, direction: 'to_server', progress: CLIENT_HELLO_DONE, get, ...more };
}

/** Progress of either side with which its certificates are there. */
const CERT_DONE = SERVER_CERT_DONE;

/** Something of the certificates of either side. */
function ofCertificate(
  keyword: string,
  summary: string,
  of: (peer: Peer, index: number) => Uint8Array | undefined,
  more: Partial<Buffer_> = {},
): Buffer_ {
  const get: Buffer_['get'] = (transaction, toServer, index) => of(transaction.peer(toServer), index);
  return { keyword, summary, direction: 'either', progress: CERT_DONE, get, ...more };
}

const BUFFERS: readonly Buffer_[] = [
  ofClient('tls.sni', 'the server name the client asks for', ({ client }) => client.hello?.serverName, {
    aliases: ['tls_sni'],
  }),
  ofClient(
    'tls.alpn',
    'an application protocol the client offers, or the server chose',
    (transaction, toServer, index) => transaction.peer(toServer).hello?.alpn[index],
    { multiple: true, direction: 'either' },
  ),
  ofClient('ja3.hash', 'MD5 of the JA3 text of the client', ({ ja3 }) => bytesOf(ja3?.hash), {
    aliases: ['ja3_hash'],
    switch: JA3.path,
    form: MD5_TEXT,
  }),
  ofClient('ja3.string', 'the JA3 text of the client', ({ ja3 }) => bytesOf(ja3?.text), {
    aliases: ['ja3_string'],
    switch: JA3.path,
  }),
  ofClient('ja4.hash', 'the JA4 fingerprint of the client', ({ ja4 }) => bytesOf(ja4), {
    aliases: ['ja4_hash'],
    switch: JA4.path,
  }),
  {
    ...ofClient('ja3s.hash', 'MD5 of the JA3S text of the server', ({ ja3s }) => bytesOf(ja3s?.hash)),
    switch: JA3.path,
    form: MD5_TEXT,
    direction: 'to_client',
    progress: SERVER_HELLO,
  },
  {
    ...ofClient('ja3s.string', 'the JA3S text of the server', ({ ja3s }) => bytesOf(ja3s?.text)),
    switch: JA3.path,
    direction: 'to_client',
    progress: SERVER_HELLO,
  },
  random('tls.random', 'the 32 random bytes of a hello', 0, 32),
  random('tls.random_time', 'the first 4 random bytes of a hello', 0, 4),
  random('tls.random_bytes', 'the last 28 random bytes of a hello', 4, 32),
  ofCertificate(
    'tls.cert_subject',
    'subject of the certificate',
    ({ certificate }) => bytesOf(certificate?.subject),
    { aliases: ['tls_cert_subject'] },
  ),
  ofCertificate(
    'tls.cert_issuer',
    'issuer of the certificate',
    ({ certificate }) => bytesOf(certificate?.issuer),
    { aliases: ['tls_cert_issuer'] },
  ),
  ofCertificate(
    'tls.cert_serial',
    'serial number of the certificate',
    ({ certificate }) => bytesOf(certificate?.serial),
    { aliases: ['tls_cert_serial'], form: { letters: 'upper', pairs: true } },
  ),
  ofCertificate(
    'tls.cert_fingerprint',
    'SHA-1 fingerprint of the certificate',
    ({ certificate }) => bytesOf(certificate?.fingerprint),
    { aliases: ['tls_cert_fingerprint'], form: { letters: 'lower', length: 59, pairs: true } },
  ),
  ofCertificate('tls.certs', 'a certificate of the chain, as sent', ({ chain }, index) => chain[index], {
    multiple: true,
  }),
  ofCertificate(
    'tls.subjectaltname',
    'an alternative name of the certificate',
    ({ certificate }, index) => bytesOf(certificate?.alternativeNames[index]),
    { multiple: true, direction: 'to_client' },
  ),
];

function random(keyword: string, summary: string, from: number, to: number): Buffer_ {
  const get: Buffer_['get'] = (transaction, toServer) =>
    transaction.peer(toServer).hello?.random.subarray(from, to);
  return { keyword, summary, direction: 'either', progress: CLIENT_HELLO_DONE, get };
}

/** A record header of a handshake with a hello in it, or an SSL 2.0 hello. */
function probe(bytes: Uint8Array, start: number, end: number, toServer: boolean): ProbeResult {
  if (end - start < 3) return 'more';
  const first = bytes.subarray(start, start + 3);
  if (toServer && isSsl2Hello(first))
    return end - start < 5 ? 'more' : bytes[start + 3] === 3 || bytes[start + 4] === 2 ? 'yes' : 'no';
  const known = first[0]! >= 20 && first[0]! <= 24 && first[1] === 3 && first[2]! <= 4;
  return known ? 'yes' : 'no';
}

/** Record headers by which a handshake begins, whatever the port. */
const PATTERNS = [true, false].flatMap(toServer =>
  ['\x00', '\x01', '\x02', '\x03', '\x04'].map(minor => ({ toServer, bytes: `\x16\x03${minor}` })),
);

const NAMES = { name: 'tls', ruleNames: ['tls', 'ssl'], transports: ['tcp'] } as const;
const FRAMES = ['pdu', 'hdr', 'data', 'alert', 'heartbeat', 'ssl2.hdr', 'ssl2.pdu'];
/** What lines of tls.log tell: what costs nothing more to make. */
const LINE_MEMBERS: ReadonlySet<string> = new Set(usualMembers(false, false));

export default defineProtocol<TlsTransaction>({
  ...NAMES,
  frames: declareFrames(NAMES, FRAMES),
  options: [ENCRYPTION, JA3, JA4, ...TLS_OUTPUT_OPTIONS],
  progressToServer: CLIENT_PROGRESS,
  progressToClient: SERVER_PROGRESS,
  untold: [CLIENT_HANDSHAKE_DONE, SERVER_HANDSHAKE_DONE],
  countsTransactions: false,
  events: EVENTS,
  buffers: BUFFERS,
  values: [
    {
      keyword: 'tls.cert_chain_len',
      bits: 32,
      direction: 'to_client',
      progress: SERVER_CERT_DONE,
      summary: 'number of certificates in the chain',
      get: ({ server }) => [server.chain.length],
    },
  ],
  tests: tlsTests,
  recognition: { patterns: PATTERNS, ports: { tcp: [443] }, probe },
  prepare(config: Config, shared): TlsSettings {
    const handling = config.read(ENCRYPTION);
    const ja3 = isSwitchedOn(config.read(JA3), shared, 'ja3');
    const ja4 = isSwitchedOn(config.read(JA4), shared, 'ja4');
    return {
      encryptionHandling: handling === 'default' ? 'track-only' : handling,
      variants: tlsVariants(config, ja3, ja4),
      alertMembers: new Set(usualMembers(ja3, ja4)),
    };
  },
  client: session => direction(session, true),
  server: session => direction(session, false),
  finish(session) {
    if (session.state !== undefined) session.complete(transactionOf(session));
  },
  record: transaction => `"tls":${JSON.stringify(tlsRecord(transaction, transaction.alertMembers))}`,
  lineFields: transaction => tlsRecord(transaction, LINE_MEMBERS),
  records: (transaction, settings) =>
    (settings as TlsSettings).variants.flatMap(({ members, resumed, outputs }) => {
      if (transaction.resumed && !resumed) return [];
      // A client that got no answer made no session; what it asked for is told where it named it.
      const { client, server } = transaction;
      if (!server.hello && server.chain.length === 0 && !client.hello?.serverName?.length) return [];
      const record = tlsRecord(transaction, members);
      return Object.keys(record).length > 0 ? { members: `"tls":${JSON.stringify(record)}`, outputs } : [];
    }),
});
