/** Kerberos 5 (RFC 4120) over TCP and UDP. */
import { uint16 } from '../../engine/network-order.js';
import { defineProtocol, type Probe, REQUEST_AND_RESPONSE } from '../../engine/protocol.js';
import { add, EVENTS, type KerberosTransaction, messages } from './krb5/exchange.js';
import { BUFFERS, TESTS, VALUES } from './krb5/keywords.js';
import { isMessage } from './krb5/message.js';
import { kerberosRecord } from './krb5/record.js';

const LONGEST = 16384;

/** A message; on TCP behind its length. */
const probe: Probe = (bytes, start, end, _, transport) => {
  let at = start;
  if (transport === 'tcp') {
    if (end - start < 6) return 'more';
    const length = uint16(bytes, start + 2);
    if (bytes[start] !== 0 || bytes[start + 1] !== 0 || length > LONGEST) return 'no';
    at += 4;
  }
  const answer = isMessage(bytes, at, end);
  if (answer === 'more') return transport === 'udp' ? 'no' : 'more';
  return answer ? 'yes' : 'no';
};

export default defineProtocol<KerberosTransaction>({
  name: 'krb5',
  transports: ['tcp', 'udp'],
  ...REQUEST_AND_RESPONSE,
  events: EVENTS,
  buffers: BUFFERS,
  values: VALUES,
  tests: TESTS,
  recognition: { ports: { tcp: [88], udp: [88] }, probe },
  client: session => messages(session, true),
  server: session => messages(session, false),
  datagram: (session, bytes, start, end, toServer) => add(session, bytes.slice(start, end), toServer),
  record: kerberosRecord,
});
