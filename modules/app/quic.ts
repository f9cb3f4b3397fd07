/** QUIC (RFC 9000, 9001, 9369; Google's earlier versions): the part of the handshake that any observer can decrypt. */
import { choice, integer, option } from '../../engine/config/option.js';
import {
  type BufferDeclaration,
  bytesOfText,
  defineProtocol,
  MD5_TEXT,
  type ProbeResult,
  REQUEST_AND_RESPONSE,
} from '../../engine/protocol.js';
import { Connections } from './quic/connections.js';
import { isKnown, versionOf } from './quic/packet.js';
import { quicRecord } from './quic/record.js';
import { COMPLETE, EVENTS, type QuicSettings, type QuicTransaction } from './quic/transaction.js';

const MAX_HELLO_LENGTH = option(
  'app-layer.protocols.quic.max-hello-length',
  integer(64),
  65535,
  'maximum bytes of a ClientHello reassembled from several packets',
);
const MAX_CONNECTIONS = option(
  'app-layer.protocols.quic.max-connections',
  integer(1),
  4,
  'maximum connections of a flow whose packets are decrypted, the newest',
);
const SWITCH = choice('yes', 'no', 'auto');
const JA3 = option(
  'app-layer.protocols.quic.ja3-fingerprints',
  SWITCH,
  'yes',
  'log JA3 fingerprints; auto means yes',
);
const JA4 = option(
  'app-layer.protocols.quic.ja4-fingerprints',
  SWITCH,
  'yes',
  'log JA4 fingerprints; auto means yes',
);

type Buffer_ = BufferDeclaration<QuicTransaction>;

function ofClient(
  keyword: string,
  summary: string,
  get: Buffer_['get'],
  more: Partial<Buffer_> = {},
): Buffer_ {
  return { keyword, summary, direction: 'to_server', progress: COMPLETE, get, ...more };
}

/** A fingerprint that TLS has as well: enabled by the options of TLS. */
function fingerprint(
  keyword: string,
  version: 'ja3' | 'ja4',
  summary: string,
  of: (transaction: QuicTransaction) => string | undefined,
  { toServer = true, ...more }: Partial<Buffer_> & { readonly toServer?: boolean } = {},
): Buffer_ {
  return {
    keyword,
    summary,
    direction: toServer ? 'to_server' : 'to_client',
    progress: COMPLETE,
    switch: `app-layer.protocols.tls.${version}-fingerprints`,
    get: transaction => (transaction.toServer === toServer ? bytesOfText(of(transaction)) : undefined),
    ...(toServer && { aliases: [keyword.replace('.', '_')] }),
    ...more,
  };
}

const BUFFERS: readonly Buffer_[] = [
  ofClient('quic.version', 'Version of the packet, four bytes.', ({ versionBytes }) => versionBytes, {
    direction: 'either',
  }),
  ofClient('quic.sni', 'Server name requested by the client (SNI).', ({ serverName }) => serverName),
  ofClient('quic.ua', 'User agent of the client.', ({ google }) => google?.userAgent),
  ofClient(
    'quic.cyu.hash',
    'CYU fingerprint (MD5) of the client.',
    ({ google }, _, index) => (index === 0 ? bytesOfText(google?.cyu.hash) : undefined),
    { multiple: true, form: MD5_TEXT },
  ),
  ofClient(
    'quic.cyu.string',
    'CYU string of the client.',
    ({ google }, _, index) => (index === 0 ? bytesOfText(google?.cyu.text) : undefined),
    { multiple: true },
  ),
  fingerprint('ja3.hash', 'ja3', 'JA3 fingerprint (MD5) of the client.', ({ ja3 }) => ja3?.hash, {
    form: MD5_TEXT,
  }),
  fingerprint('ja3.string', 'ja3', 'JA3 string of the client.', ({ ja3 }) => ja3?.text),
  fingerprint('ja3s.hash', 'ja3', 'JA3S fingerprint (MD5) of the server.', ({ ja3 }) => ja3?.hash, {
    toServer: false,
    form: MD5_TEXT,
  }),
  fingerprint('ja3s.string', 'ja3', 'JA3S string of the server.', ({ ja3 }) => ja3?.text, {
    toServer: false,
  }),
  fingerprint('ja4.hash', 'ja4', 'JA4 fingerprint of the client.', ({ ja4 }) => ja4),
];

/** A header with a known version. */
function probe(bytes: Uint8Array, start: number, end: number): ProbeResult {
  const version = versionOf(bytes, start, end);
  return version !== undefined && isKnown(version) ? 'yes' : 'no';
}

export default defineProtocol<QuicTransaction>({
  name: 'quic',
  transports: ['udp'],
  ...REQUEST_AND_RESPONSE,
  events: EVENTS,
  buffers: BUFFERS,
  values: [],
  tests: [],
  recognition: { ports: { udp: [443, 80] }, probe },
  options: [MAX_HELLO_LENGTH, MAX_CONNECTIONS, JA3, JA4],
  prepare: (config): QuicSettings => ({
    maxHelloLength: config.read(MAX_HELLO_LENGTH),
    maxConnections: config.read(MAX_CONNECTIONS),
    ja3: config.read(JA3) !== 'no',
    ja4: config.read(JA4) !== 'no',
  }),
  datagram(session, bytes, start, end, toServer) {
    session.state ??= new Connections(session);
    (session.state as Connections).datagram(bytes, start, end, toServer);
  },
  record: (transaction, _, settings) => quicRecord(transaction, settings as QuicSettings | undefined),
});
