/** TLS 1.0 to 1.3 and SSL 3.0: the handshake of both sides, certificates and fingerprints. */
import { declareFrames } from '../../engine/frames/frame-protocol.js';
import { defineProtocol } from '../../engine/protocol.js';
import { BUFFERS, VALUES } from './tls/buffers.js';
import { tlsRecord } from './tls/eve.js';
import { EVENTS } from './tls/events.js';
import { tlsTests } from './tls/keywords.js';
import { defaultMembers } from './tls/outputs.js';
import { PATTERNS, probe } from './tls/recognition.js';
import { readRecords } from './tls/records.js';
import { transactionOf } from './tls/session.js';
import { TLS_OPTIONS, type TlsSettings, tlsSettings } from './tls/settings.js';
import {
  CLIENT_HANDSHAKE_DONE,
  CLIENT_PROGRESS,
  SERVER_HANDSHAKE_DONE,
  SERVER_PROGRESS,
  type TlsTransaction,
} from './tls/transaction.js';

const NAMES = { name: 'tls', ruleNames: ['tls', 'ssl'], transports: ['tcp'] } as const;
const FRAMES = ['pdu', 'hdr', 'data', 'alert', 'heartbeat', 'ssl2.hdr', 'ssl2.pdu'];
/** Members available to lines of tls.log: those that cost nothing extra. */
const LINE_MEMBERS: ReadonlySet<string> = new Set(defaultMembers(false, false));

export default defineProtocol<TlsTransaction>({
  ...NAMES,
  frames: declareFrames(NAMES, FRAMES),
  options: TLS_OPTIONS,
  progressToServer: CLIENT_PROGRESS,
  progressToClient: SERVER_PROGRESS,
  silentAfter: [CLIENT_HANDSHAKE_DONE, SERVER_HANDSHAKE_DONE],
  countsTransactions: false,
  events: EVENTS,
  buffers: BUFFERS,
  values: VALUES,
  tests: tlsTests,
  recognition: { patterns: PATTERNS, ports: { tcp: [443] }, probe },
  prepare: tlsSettings,
  client: session => readRecords(session, true),
  server: session => readRecords(session, false),
  finish(session) {
    if (session.state !== undefined) session.complete(transactionOf(session));
  },
  record: transaction => `"tls":${JSON.stringify(tlsRecord(transaction, transaction.alertMembers))}`,
  lineFields: transaction => tlsRecord(transaction, LINE_MEMBERS),
  records: (transaction, settings) =>
    (settings as TlsSettings).variants.flatMap(({ members, resumed, outputs }) => {
      if (transaction.resumed && !resumed) return [];
      // A client without an answer established no session; it is logged if it sent a server name.
      const { client, server } = transaction;
      if (!server.hello && server.chain.length === 0 && !client.hello?.serverName?.length) return [];
      const record = tlsRecord(transaction, members);
      return Object.keys(record).length > 0 ? { members: `"tls":${JSON.stringify(record)}`, outputs } : [];
    }),
});
