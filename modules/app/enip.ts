/** EtherNet/IP with CIP over TCP and UDP. */
import { integer, option } from '../../engine/config/option.js';
import { declareFrames } from '../../engine/frames/frame-protocol.js';
import { defineProtocol, type Probe, REQUEST_AND_RESPONSE } from '../../engine/protocol.js';
import {
  add,
  type EnipSession,
  type EnipSettings,
  type EnipTransaction,
  EVENTS,
  messages,
  nameFrames,
} from './enip/exchange.js';
import { BUFFERS, TESTS, VALUES } from './enip/keywords.js';
import { probeMessage } from './enip/recognition.js';
import { enipRecord } from './enip/record.js';

const PORTS = [44818];
const MAX_TRANSACTIONS = option(
  'app-layer.protocols.enip.max-tx',
  integer(1),
  1024,
  'maximum requests of a connection without a response; beyond it the oldest is completed',
);
const probe: Probe = (bytes, start, end, _, transport) => {
  const answer = probeMessage(bytes, start, end);
  return answer === 'more' && transport === 'udp' ? 'no' : answer;
};

function processDatagram(
  session: EnipSession,
  bytes: Uint8Array,
  start: number,
  end: number,
  toServer: boolean,
): void {
  nameFrames(session, toServer, 0, end - start);
  add(session, bytes.slice(start, end), toServer);
}

const NAMES = { name: 'enip', transports: ['tcp', 'udp'] } as const;

export default defineProtocol<EnipTransaction>({
  ...NAMES,
  disabledByDefault: true,
  frames: declareFrames(NAMES, ['hdr', 'data', 'pdu']),
  ...REQUEST_AND_RESPONSE,
  events: EVENTS,
  buffers: BUFFERS,
  values: VALUES,
  tests: TESTS,
  recognition: { ports: { tcp: PORTS, udp: PORTS }, probe },
  options: [MAX_TRANSACTIONS],
  prepare: (config): EnipSettings => ({ maxTransactions: config.read(MAX_TRANSACTIONS) }),
  client: session => messages(session, true),
  server: session => messages(session, false),
  datagram: processDatagram,
  record: enipRecord,
});
