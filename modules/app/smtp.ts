/** SMTP (RFC 5321) with the messages that it carries, BDAT (RFC 3030) and STARTTLS (RFC 3207). */
import type { Session } from '../../engine/application/session.js';
import { fileTests } from '../../engine/files/file-keywords.js';
import { declareFrames } from '../../engine/frames/frame-protocol.js';
import { defineProtocol, type ProbeResult, type TestDeclaration } from '../../engine/protocol.js';
import { Connection } from './smtp/connection.js';
import { BUFFERS } from './smtp/keywords.js';
import { smtpAlertMembers, smtpRecord } from './smtp/record.js';
import { SMTP_OPTIONS, smtpSettings } from './smtp/settings.js';
import {
  COMPLETE,
  EVENTS,
  INNER_PROGRESS,
  PROGRESS_TO_CLIENT,
  PROGRESS_TO_SERVER,
  type SmtpTransaction,
} from './smtp/transaction.js';

const NAMES = { name: 'smtp', transports: ['tcp'] } as const;
const PATTERNS = ['EHLO', 'HELO', 'QUIT'].map(bytes => ({ toServer: true, bytes, nocase: true }));

/** A server greets with 220; a client begins with a command. */
function probe(bytes: Uint8Array, start: number, end: number, toServer: boolean): ProbeResult {
  if (end - start < 5) return 'more';
  const head = String.fromCharCode(...bytes.subarray(start, start + 5));
  if (toServer) return /^[A-Za-z]{4}[ \r\n]/.test(head) ? 'yes' : 'no';
  return /^[2-5]\d\d[ -]/.test(head) ? 'yes' : 'no';
}

function connectionOf(session: Session<SmtpTransaction>): Connection {
  session.state ??= new Connection(session);
  return session.state as Connection;
}

export default defineProtocol<SmtpTransaction>({
  ...NAMES,
  progressToServer: PROGRESS_TO_SERVER,
  progressToClient: PROGRESS_TO_CLIENT,
  innerProgress: INNER_PROGRESS,
  events: EVENTS,
  upperCaseEvents: true,
  buffers: BUFFERS,
  frames: declareFrames(NAMES, ['command_line', 'data', 'response_line']),
  values: [],
  tests: fileTests({
    direction: 'to_server',
    begun: COMPLETE,
    closed: COMPLETE,
  }) as TestDeclaration<SmtpTransaction>[],
  recognition: { patterns: PATTERNS, ports: { tcp: [25, 465, 587] }, probe },
  options: SMTP_OPTIONS,
  record: smtpRecord,
  alertMembers: smtpAlertMembers,
  mailFields: ({ header }) => header?.fields ?? [],
  bodyLength: ({ body }, toServer) => (toServer ? body?.visible : undefined),
  prepare: smtpSettings,
  client: session => connectionOf(session).commands(),
  server: session => connectionOf(session).replies(),
  release: ({ body }) => body?.release(),
  finish: session => connectionOf(session).finish(),
});
