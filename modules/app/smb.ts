/** SMB 1, 2 and 3 (MS-CIFS, MS-SMB, MS-SMB2) over NetBIOS sessions, including files and DCE/RPC calls. */
import type { Session } from '../../engine/application/session.js';
import { filesMember } from '../../engine/files/file-record.js';
import { declareFrames } from '../../engine/frames/frame-protocol.js';
import { defineProtocol, type ProbeResult, REQUEST_AND_RESPONSE } from '../../engine/protocol.js';
import { Connection } from './smb/connection.js';
import { BUFFERS, TESTS } from './smb/keywords.js';
import { isSessionType, NBSS, protocolAt, RecordReader } from './smb/reading.js';
import { smbRecord, smbRecords } from './smb/record.js';
import { SMB_OPTIONS, smbSettings } from './smb/settings.js';
import { EVENTS, type SmbTransaction } from './smb/transaction.js';

const NAMES = { name: 'smb', ruleNames: ['smb', 'dcerpc'], transports: ['tcp'] } as const;
const FRAMES = ['nbss', 'smb1', 'smb2', 'smb3'].flatMap(layer => [
  `${layer}.pdu`,
  `${layer}.hdr`,
  `${layer}.data`,
]);
const NBSS_REQUEST = 0x81;
/** Lowest first byte of a message; these letters follow it. */
const LOWEST_PROTOCOL = 0xfc;
const SMB = 'SMB';

/** An SMB message in a NetBIOS record, or the session request that precedes it. */
function probe(bytes: Uint8Array, start: number, end: number, toServer: boolean): ProbeResult {
  const type = bytes[start]!;
  if (!isSessionType(type)) return 'no';
  if (type === 0 && !mayBegin(bytes, start + NBSS, end)) return 'no';
  if (end - start < 10) return 'more';
  if (type !== 0) return bytes[start + 1]! > 1 ? 'no' : (type === NBSS_REQUEST) === toServer ? 'yes' : 'no';
  const protocol = protocolAt(bytes, start + NBSS);
  if (protocol === 0) return 'no';
  const flag = flagAt(bytes, start + NBSS, end, protocol);
  if (flag === undefined) return 'yes';
  return flag === toServer ? 'yes-but-reversed' : 'yes';
}

/** Whether an SMB message may begin at `at`, judging by the bytes available. */
function mayBegin(bytes: Uint8Array, at: number, end: number): boolean {
  if (at < end && bytes[at]! < LOWEST_PROTOCOL) return false;
  for (let i = 1; i < 4 && at + i < end; i++) if (bytes[at + i] !== SMB.charCodeAt(i - 1)) return false;
  return true;
}

/** Whether the message is a response; undefined if unknown. */
function flagAt(bytes: Uint8Array, at: number, end: number, protocol: number): boolean | undefined {
  if (protocol === 0xff && end > at + 9) return (bytes[at + 9]! & 0x80) !== 0;
  return protocol === 0xfe && end > at + 16 ? (bytes[at + 16]! & 1) !== 0 : undefined;
}

function connectionOf(session: Session<SmbTransaction>): Connection {
  session.state ??= new Connection(session);
  return session.state as Connection;
}

export default defineProtocol<SmbTransaction>({
  ...NAMES,
  ...REQUEST_AND_RESPONSE,
  flushesStreams: false,
  events: EVENTS,
  buffers: BUFFERS,
  values: [],
  tests: TESTS,
  frames: declareFrames(NAMES, FRAMES),
  recognition: {
    patterns: [
      { toServer: true, bytes: '\0' },
      { toServer: false, bytes: '\0' },
    ],
    ports: { tcp: [139, 445] },
    probe,
  },
  options: SMB_OPTIONS,
  record: smbRecord,
  records: smbRecords,
  alertMembers: filesMember,
  prepare: smbSettings,
  bodyLength: ({ body, bodyToServer }, toServer) => (toServer === bodyToServer ? body?.visible : undefined),
  client: session => new RecordReader(connectionOf(session), true).read(),
  server: session => new RecordReader(connectionOf(session), false).read(),
  release: ({ body }) => body?.release(),
  finish: session => (session.state as Connection | undefined)?.finish(),
});
