/** HTTP/2 (RFC 9113): each stream is a transaction, and so is each connection-level frame. */

import { fileTests } from '../../engine/files/file-keywords.js';
import { filesMember } from '../../engine/files/file-record.js';
import { declareFrames } from '../../engine/frames/frame-protocol.js';
import { defineProtocol, type RecognitionPattern, type TestDeclaration } from '../../engine/protocol.js';
import { urilen } from './http/urilen.js';
import { BUFFERS } from './http2/buffers.js';
import type { Connection } from './http2/connection.js';
import { EVENTS } from './http2/events.js';
import { PREFACE } from './http2/frame.js';
import { SETTINGS_TEST, VALUES } from './http2/keywords.js';
import { readFrames } from './http2/reading.js';
import { http2Record } from './http2/record.js';
import { HTTP2_OPTIONS, http2Settings } from './http2/settings.js';
import {
  COMPLETE,
  HEADERS_DONE,
  type Http2Transaction,
  type Message,
  PROGRESS_TO_CLIENT,
  PROGRESS_TO_SERVER,
} from './http2/transaction.js';
import { begin } from './http2/upgrade.js';

/** The server begins with a SETTINGS frame with few parameters. */
const SERVER_SETTINGS: RecognitionPattern[] = [0, 1, 2, 3, 4, 5, 6].map(count => ({
  toServer: false,
  bytes: `\0\0${String.fromCharCode(6 * count)}\x04\0\0\0\0\0`,
}));

/** Bytes of the contents that may be inspected: a reassembled file is available as a whole. */
function visibleOf({ body, whole }: Message): number | undefined {
  return whole && body ? Math.max(body.visible, whole.length) : body?.visible;
}

const NAMES = { name: 'http2', ruleNames: ['http2', 'http'], transports: ['tcp'] } as const;

export default defineProtocol<Http2Transaction>({
  ...NAMES,
  progressToServer: PROGRESS_TO_SERVER,
  progressToClient: PROGRESS_TO_CLIENT,
  events: EVENTS,
  buffers: BUFFERS,
  frames: declareFrames(NAMES, ['hdr', 'data', 'pdu']),
  values: VALUES,
  tests: [
    SETTINGS_TEST,
    urilen(HEADERS_DONE, ({ request }) => request.value(':path')?.length),
    ...(fileTests({
      direction: 'either',
      begun: HEADERS_DONE,
      closed: COMPLETE,
    }) as TestDeclaration<Http2Transaction>[]),
  ],
  recognition: { patterns: [{ toServer: true, bytes: PREFACE.slice(0, 16) }, ...SERVER_SETTINGS] },
  options: HTTP2_OPTIONS,
  record: http2Record,
  alertMembers: filesMember,
  bodyLength: (transaction, toServer) => visibleOf(transaction.message(toServer)),
  prepare: http2Settings,
  client: session => readFrames(begin(session), true),
  server: session => readFrames(begin(session), false),
  release(transaction) {
    transaction.request.body?.release();
    transaction.response.body?.release();
  },
  finish(session) {
    (session.state as Connection | undefined)?.streams.finish();
  },
});
