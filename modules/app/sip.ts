/** SIP (RFC 3261) over UDP and TCP, with the session descriptions it carries (SDP, RFC 8866). */
import { declareFrames } from '../../engine/frames/frame-protocol.js';
import { defineProtocol, REQUEST_AND_RESPONSE } from '../../engine/protocol.js';
import { datagram, messages } from './sip/exchange.js';
import { BUFFERS } from './sip/keywords.js';
import { PATTERNS, probe } from './sip/recognition.js';
import { sipRecord } from './sip/record.js';
import { EVENTS, type SipTransaction } from './sip/transaction.js';

const NAMES = { name: 'sip', transports: ['tcp', 'udp'] } as const;
const PORTS = [5060, 5061];
const FRAMES = [
  'pdu',
  'request.line',
  'request.headers',
  'request.body',
  'response.line',
  'response.headers',
  'response.body',
];

export default defineProtocol<SipTransaction>({
  ...NAMES,
  ...REQUEST_AND_RESPONSE,
  events: EVENTS,
  buffers: BUFFERS,
  values: [],
  tests: [],
  frames: declareFrames(NAMES, FRAMES),
  recognition: { patterns: PATTERNS, ports: { udp: PORTS, tcp: PORTS }, probe },
  client: session => messages(session, true),
  server: session => messages(session, false),
  datagram,
  record: sipRecord,
});
