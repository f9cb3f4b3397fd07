/** WebSocket (RFC 6455, 7692): follows on an upgraded HTTP/1 connection. */

import { boolean, option, size } from '../../engine/config/option.js';
import { recordTypeSettings } from '../../engine/config/output-list.js';
import { declareFrames } from '../../engine/frames/frame-protocol.js';
import { defineProtocol, REQUEST_AND_RESPONSE } from '../../engine/protocol.js';
import { bodyForms, bodyOptions } from '../../engine/record/alert-bodies.js';
import { bytesText } from '../../engine/record/bytes-text.js';
import { FIN, OPCODES } from './websocket/frame-header.js';
import { EVENTS, frames, type WebSocketSettings, type WebSocketTransaction } from './websocket/frames.js';
import { BUFFERS, TESTS, VALUES } from './websocket/keywords.js';

const NAMES = { name: 'websocket', transports: ['tcp'] } as const;
const RECORD = 'outputs.*.eve-log.types.*.websocket.';
const MAX_PAYLOAD_LENGTH = option(
  'app-layer.protocols.websocket.max-payload-size',
  size,
  65536,
  'maximum bytes kept of a payload, also after decompression',
);
const PRINTABLE = option(`${RECORD}payload-printable`, boolean, false, 'log payloads as text');
const BASE64 = option(`${RECORD}payload-base64`, boolean, false, 'log payloads in base64');

const BODIES = 'websocket-payload';
const BODY_OPTIONS = bodyOptions(BODIES, 'payload of a message');

function record(transaction: WebSocketTransaction, forAlert: boolean, settings?: WebSocketSettings): string {
  const { header, payload, alertPayload } = transaction;
  const { flags, mask, opcode } = header;
  const name = Object.entries(OPCODES).find(([, number]) => number === opcode)?.[0];
  const forms = forAlert ? alertPayload : settings;
  const members = {
    fin: (flags & FIN) !== 0,
    ...(mask !== undefined && { mask }),
    opcode: name ?? `unknown-${opcode}`,
    ...(forms?.base64 && { payload_base64: Buffer.from(payload).toString('base64') }),
    ...(forms?.printable && { payload_printable: bytesText(payload) }),
  };
  return `"websocket":${JSON.stringify(members)}`;
}

export default defineProtocol<WebSocketTransaction>({
  ...NAMES,
  ...REQUEST_AND_RESPONSE,
  events: EVENTS,
  buffers: BUFFERS,
  values: VALUES,
  tests: TESTS,
  frames: declareFrames(NAMES, ['header', 'pdu', 'data']),
  recognition: {},
  options: [MAX_PAYLOAD_LENGTH, PRINTABLE, BASE64, ...Object.values(BODY_OPTIONS)],
  prepare(config): WebSocketSettings {
    const entries = recordTypeSettings(config, 'websocket').flatMap(entry => entry ?? []);
    return {
      maxPayloadLength: config.read(MAX_PAYLOAD_LENGTH),
      alertPayload: bodyForms(config, BODIES, BODY_OPTIONS),
      printable: entries.some(entry => entry.read({ ...PRINTABLE, path: 'payload-printable' })),
      base64: entries.some(entry => entry.read({ ...BASE64, path: 'payload-base64' })),
    };
  },
  client: session => frames(session, true),
  server: session => frames(session, false),
  record: (transaction, forAlert, settings) =>
    record(transaction, forAlert, settings as WebSocketSettings | undefined),
});
