/** MQTT 3.1, 3.1.1 and 5.0. */
import type { Session } from '../../engine/application/session.js';
import { declareFrames } from '../../engine/frames/frame-protocol.js';
import { defineProtocol, type ProbeResult, REQUEST_AND_RESPONSE } from '../../engine/protocol.js';
import { parseHeader } from './mqtt/control-packet.js';
import { EVENTS, Exchange, type MqttTransaction } from './mqtt/exchange.js';
import { BUFFERS, TESTS, VALUES } from './mqtt/keywords.js';
import { mqttRecord } from './mqtt/record.js';
import { MQTT_OPTIONS, mqttSettings } from './mqtt/settings.js';

const NAMES = { name: 'mqtt', transports: ['tcp'] } as const;

/** Any message with a type may be the first one seen. */
function probe(bytes: Uint8Array, start: number, end: number): ProbeResult {
  const header = parseHeader(bytes, start, end);
  if (header === 'more') return 'more';
  return header && header.type > 0 && header.qos < 3 ? 'yes' : 'no';
}

function exchangeOf(session: Session<MqttTransaction>): Exchange {
  session.state ??= new Exchange(session);
  return session.state as Exchange;
}

export default defineProtocol<MqttTransaction>({
  ...NAMES,
  ...REQUEST_AND_RESPONSE,
  events: EVENTS,
  buffers: BUFFERS,
  frames: declareFrames(NAMES, ['pdu', 'header', 'data']),
  values: VALUES,
  tests: TESTS,
  recognition: { ports: { tcp: [1883] }, probe },
  options: MQTT_OPTIONS,
  record: mqttRecord,
  prepare: mqttSettings,
  client: session => exchangeOf(session).read(true),
  server: session => exchangeOf(session).read(false),
});
