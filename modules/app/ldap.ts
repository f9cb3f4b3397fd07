/** LDAP (RFC 4511) over TCP and UDP. */
import { integer, option } from '../../engine/config/option.js';
import { declareFrames } from '../../engine/frames/frame-protocol.js';
import { defineProtocol, REQUEST_AND_RESPONSE } from '../../engine/protocol.js';
import { datagram, EVENTS, type LdapTransaction, messages } from './ldap/exchange.js';
import { BUFFERS, VALUES } from './ldap/keywords.js';
import { probe } from './ldap/recognition.js';
import { ldapRecord } from './ldap/record.js';

const PORTS = [389, 3268];
const MAX_TRANSACTIONS = option(
  'app-layer.protocols.ldap.max-tx',
  integer(1),
  1024,
  'maximum open requests of a connection; beyond it the oldest is completed',
);

const NAMES = { name: 'ldap', transports: ['tcp', 'udp'] } as const;

export default defineProtocol<LdapTransaction>({
  ...NAMES,
  frames: declareFrames(NAMES, ['pdu']),
  ...REQUEST_AND_RESPONSE,
  events: EVENTS,
  buffers: BUFFERS,
  values: VALUES,
  tests: [],
  recognition: { ports: { tcp: PORTS, udp: PORTS }, probe },
  options: [MAX_TRANSACTIONS],
  prepare: config => ({ maxTransactions: config.read(MAX_TRANSACTIONS) }),
  client: session => messages(session, true),
  server: session => messages(session, false),
  datagram: (session, bytes, start, end, toServer) => datagram(session, bytes.slice(start, end), toServer),
  bodyLength: ({ responses }, toServer) => (toServer ? undefined : responses.length),
  record: ldapRecord,
});
