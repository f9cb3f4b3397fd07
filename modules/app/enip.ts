/** EtherNet/IP with CIP over TCP and UDP. */
import { integer, option } from '../../engine/config/option.js';
import { defineProtocol, type ProbeResult } from '../../engine/protocol.js';
import { add, type EnipSettings, type EnipTransaction, EVENTS, messages } from './enip/exchange.js';
import { BUFFERS, TESTS, VALUES } from './enip/keywords.js';
import { HEADER, isKnown } from './enip/message.js';
import { enipRecord } from './enip/record.js';

const PORTS = [44818];
const MOST_TRANSACTIONS = option(
  'app-layer.protocols.enip.max-tx',
  integer(1),
  1024,
  'requests of a connection without a response; the oldest is completed beyond',
);
/** Options of the header are always 0 (CIP volume 2, 2-3.6). */
const OPTIONS = 20;

/** A header of a command that there is. */
function probe(
  bytes: Uint8Array,
  start: number,
  end: number,
  _: boolean,
  transport: 'tcp' | 'udp',
): ProbeResult {
  if (end - start < HEADER) return transport === 'udp' ? 'no' : 'more';
  const command = bytes[start]! | (bytes[start + 1]! << 8);
  for (let i = OPTIONS; i < HEADER; i++) if (bytes[start + i] !== 0) return 'no';
  return isKnown(command) ? 'yes' : 'no';
}

export default defineProtocol<EnipTransaction>({
  name: 'enip',
  offByDefault: true,
  transports: ['tcp', 'udp'],
  progressToServer: ['request_started', 'request_complete'],
  progressToClient: ['response_started', 'response_complete'],
  events: EVENTS,
  buffers: BUFFERS,
  values: VALUES,
  tests: TESTS,
  recognition: { ports: { tcp: PORTS, udp: PORTS }, probe },
  options: [MOST_TRANSACTIONS],
  prepare: (config): EnipSettings => ({ mostTransactions: config.read(MOST_TRANSACTIONS) }),
  client: session => messages(session, true),
  server: session => messages(session, false),
  datagram: (session, bytes, start, end, toServer) => add(session, bytes.slice(start, end), toServer),
  record: enipRecord,
});
