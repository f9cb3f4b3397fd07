/** FTP (RFC 959, 2428): the control connection. The data connections it negotiates are `ftp-data`. */
import type { Session } from '../../engine/application/session.js';
import { defineProtocol, type ProbeResult } from '../../engine/protocol.js';
import { Control } from './ftp/control.js';
import { BUFFERS, TESTS, VALUES } from './ftp/keywords.js';
import { ftpRecord } from './ftp/record.js';
import { FTP_OPTIONS, type FtpSettings, ftpGauges, ftpSettings } from './ftp/settings.js';
import { EVENTS, type FtpTransaction, PROGRESS_TO_CLIENT, PROGRESS_TO_SERVER } from './ftp/transaction.js';

/** Commands with which clients begin. */
const PATTERNS = ['USER ', 'PASS ', 'PORT ', 'AUTH SSL', 'FEAT\r\n'].map(bytes => ({
  toServer: true,
  bytes,
  nocase: true,
  // POP3 uses the same command for the user name (RFC 1939 7).
  notBeside: bytes === 'USER ' ? 'pop3' : undefined,
}));

/** A server begins with a reply code, a client with a command. */
function probe(bytes: Uint8Array, start: number, end: number, toServer: boolean): ProbeResult {
  if (end - start < 5) return 'more';
  const head = String.fromCharCode(...bytes.subarray(start, start + 5));
  if (toServer) return /^[A-Za-z]{3,4}[ \r\n]/.test(head) ? 'yes' : 'no';
  return /^\d{3}[ -]/.test(head) ? 'yes' : 'no';
}

function controlOf(session: Session<FtpTransaction>): Control {
  session.state ??= new Control(session);
  return session.state as Control;
}

export default defineProtocol<FtpTransaction>({
  name: 'ftp',
  transports: ['tcp'],
  progressToServer: PROGRESS_TO_SERVER,
  progressToClient: PROGRESS_TO_CLIENT,
  flushesStreams: false,
  events: EVENTS,
  buffers: BUFFERS,
  values: VALUES,
  tests: TESTS,
  recognition: { patterns: PATTERNS, ports: { tcp: [21] }, probe },
  options: FTP_OPTIONS,
  record: ftpRecord,
  prepare: ftpSettings,
  gauges: settings => ftpGauges(settings as FtpSettings),
  release: transaction => transaction.release(),
  client: session => controlOf(session).commands(),
  server: session => controlOf(session).replies(),
});
