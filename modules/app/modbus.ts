/** Modbus over TCP (Modbus Application Protocol V1.1b3, Messaging on TCP/IP V1.0b). */
import type { Session } from '../../engine/application/session.js';
import { uint16 } from '../../engine/packet/network-order.js';
import { defineProtocol, type ProbeResult, REQUEST_AND_RESPONSE } from '../../engine/protocol.js';
import { parseCondition } from './modbus/condition.js';
import { Exchange } from './modbus/exchange.js';
import { fulfils } from './modbus/fulfilment.js';
import { HEADER_LENGTH, MAX_LENGTH } from './modbus/message.js';
import { modbusRecord } from './modbus/record.js';
import { MODBUS_OPTIONS, modbusSettings } from './modbus/settings.js';
import { COMPLETE, EVENTS, type ModbusTransaction } from './modbus/transaction.js';

/** A header with protocol 0, a plausible length, and a known function. */
function probe(bytes: Uint8Array, start: number, end: number, toServer: boolean): ProbeResult {
  if (end - start < HEADER_LENGTH + 1) return 'more';
  const length = uint16(bytes, start + 4);
  const code = bytes[start + HEADER_LENGTH]!;
  const isFunction = code > 0 && (code < 0x80 || !toServer);
  const isHeader = bytes[start + 2] === 0 && bytes[start + 3] === 0 && length >= 2 && length <= MAX_LENGTH;
  return isHeader && isFunction ? 'yes' : 'no';
}

function exchangeOf(session: Session<ModbusTransaction>): Exchange {
  session.state ??= new Exchange(session);
  return session.state as Exchange;
}

export default defineProtocol<ModbusTransaction>({
  name: 'modbus',
  transports: ['tcp'],
  ...REQUEST_AND_RESPONSE,
  events: EVENTS,
  buffers: [],
  values: [],
  tests: [
    {
      keyword: 'modbus',
      direction: 'to_server',
      progress: COMPLETE,
      summary: 'A request: its unit, its function, or what it reads and writes.',
      grammar:
        '[unit range,] function code [, subfunction number] | [unit range,] access read|write [table [, address range [, value range]]]',
      parse: parseCondition,
      matches: ({ request }, _, condition) =>
        request !== undefined && fulfils(request, condition as ReturnType<typeof parseCondition>),
    },
  ],
  recognition: { ports: { tcp: [502] }, probe },
  options: MODBUS_OPTIONS,
  prepare: modbusSettings,
  client: session => exchangeOf(session).messages(true),
  server: session => exchangeOf(session).messages(false),
  record: modbusRecord,
});
