/** Kerberos 5 (RFC 4120) over TCP and UDP. */
import { defineProtocol, REQUEST_AND_RESPONSE } from '../../engine/protocol.js';
import { add, EVENTS, type KerberosTransaction, messages } from './krb5/exchange.js';
import { BUFFERS, TESTS, VALUES } from './krb5/keywords.js';
import { probe } from './krb5/recognition.js';
import { kerberosRecord } from './krb5/record.js';

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
