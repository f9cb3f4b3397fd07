/** SNMP, versions 1, 2c and 3 (RFC 1157, 3416, 3412, 3414). */
import type { Session } from '../../engine/application/session.js';
import { defineProtocol, REQUEST_AND_RESPONSE } from '../../engine/protocol.js';
import { INTEGER, OCTET_STRING, readHead, SEQUENCE } from './asn1/ber.js';
import { BUFFERS, VALUES } from './snmp/keywords.js';
import { parseMessage } from './snmp/message.js';
import { snmpRecord } from './snmp/record.js';
import { COMPLETE, EVENTS, SnmpTransaction } from './snmp/transaction.js';

/** Versions as encoded in messages. */
const VERSIONS = [0, 1, 3];
const VERSION_3 = 3;

/** A sequence that begins with a version, followed by what that version requires. */
function isMessage(bytes: Uint8Array, start: number, end: number): boolean {
  const outer = readHead(bytes, start, end);
  if (typeof outer !== 'object' || outer.tag !== SEQUENCE || start + outer.head + outer.length > end)
    return false;
  const at = start + outer.head;
  const version = bytes[at + 2]!;
  if (bytes[at] !== INTEGER || bytes[at + 1] !== 1 || !VERSIONS.includes(version)) return false;
  return bytes[at + 3] === (version === VERSION_3 ? SEQUENCE : OCTET_STRING);
}

function datagram(
  session: Session<SnmpTransaction>,
  bytes: Uint8Array,
  start: number,
  end: number,
  toServer: boolean,
): void {
  const message = parseMessage(bytes.slice(start, end));
  const transaction = session.begin(new SnmpTransaction(session.transactionCount, message, toServer));
  session.state ??= message?.version;
  if (!message) session.event(transaction, 'malformed_data', toServer);
  else if (message.securityModel !== undefined && !message.user)
    session.event(transaction, 'unknown_security_model', toServer);
  if (message && message.version !== session.state) session.event(transaction, 'version_mismatch', toServer);
  session.advance(transaction, toServer, COMPLETE);
  if (!message) session.failed = true;
}

export default defineProtocol<SnmpTransaction>({
  name: 'snmp',
  transports: ['udp'],
  ...REQUEST_AND_RESPONSE,
  events: EVENTS,
  buffers: BUFFERS,
  values: VALUES,
  tests: [],
  recognition: {
    ports: { udp: [161, 162] },
    probe: (bytes, start, end) => (isMessage(bytes, start, end) ? 'yes' : 'no'),
  },
  datagram,
  record: snmpRecord,
});
