/** DNP3 over TCP (IEEE 1815). */
import type { Session } from '../../engine/application/session.js';
import { defineProtocol, type ProbeResult, REQUEST_AND_RESPONSE } from '../../engine/protocol.js';
import { Exchange } from './dnp3/exchange.js';
import { BUFFERS, TESTS, VALUES } from './dnp3/keywords.js';
import { HEADER_LENGTH, isFromMaster, START_1, START_2 } from './dnp3/link.js';
import { dnp3Record } from './dnp3/record.js';
import { DNP3_OPTIONS, dnp3Settings } from './dnp3/settings.js';
import { type Dnp3Transaction, EVENTS } from './dnp3/transaction.js';

/** A frame indicates whether it comes from the master, which is the client. */
function probe(bytes: Uint8Array, start: number, end: number, toServer: boolean): ProbeResult {
  if (bytes[start] !== START_1 || (end - start > 1 && bytes[start + 1] !== START_2)) return 'no';
  if (end - start < HEADER_LENGTH) return 'more';
  if (bytes[start + 2]! < 5) return 'no';
  return isFromMaster(bytes[start + 3]!) === toServer ? 'yes' : 'yes-but-reversed';
}

function exchangeOf(session: Session<Dnp3Transaction>): Exchange {
  session.state ??= new Exchange(session);
  return session.state as Exchange;
}

export default defineProtocol<Dnp3Transaction>({
  name: 'dnp3',
  transports: ['tcp'],
  ...REQUEST_AND_RESPONSE,
  events: EVENTS,
  upperCaseEvents: true,
  buffers: BUFFERS,
  values: VALUES,
  tests: TESTS,
  recognition: { ports: { tcp: [20000] }, probe },
  options: DNP3_OPTIONS,
  prepare: dnp3Settings,
  client: session => exchangeOf(session).frames(true),
  server: session => exchangeOf(session).frames(false),
  record: dnp3Record,
  scriptNumbers: ({ link, transport, message }) => ({
    len: link?.length,
    crc: link?.crc,
    transport,
    indicators: message?.indications,
  }),
});
