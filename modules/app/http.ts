/** HTTP/1 and 0.9 (RFC 9110, 9112), parsed as leniently as servers and browsers do. */

import { fileTests } from '../../engine/files/file-keywords.js';
import { FILE_OPTIONS } from '../../engine/files/file-settings.js';
import { declareFrames } from '../../engine/frames/frame-protocol.js';
import { defineProtocol, type RecognitionPattern, type TestDeclaration } from '../../engine/protocol.js';
import { XFF_OPTIONS } from '../../engine/record/forwarded-for.js';
import { httpAlertMembers } from './http/alert-members.js';
import { BUFFERS, uriLength } from './http/buffers.js';
import { Connection } from './http/connection.js';
import { EVENTS } from './http/events.js';
import { forwardedForMember } from './http/forwarded-for.js';
import { httpLineFields } from './http/line-fields.js';
import { httpAlertRecord, httpRecord } from './http/record.js';
import { BODY_OPTIONS, DEFAULT_VARIANT, RECORD_OPTIONS } from './http/record-settings.js';
import { readRequests } from './http/request-reader.js';
import { readResponses } from './http/response-reader.js';
import { checkServerSettings } from './http/server-settings-check.js';
import { HTTP_OPTIONS, type HttpSettings, httpGauges, httpSettings } from './http/settings.js';
import {
  BODY,
  COMPLETE,
  type HttpTransaction,
  LINE,
  PROGRESS_TO_CLIENT,
  PROGRESS_TO_SERVER,
} from './http/transaction.js';
import { urilen } from './http/urilen.js';

/** Methods with which requests begin; a blank or tab follows. */
const METHODS =
  'GET PUT POST HEAD TRACE OPTIONS CONNECT DELETE PATCH PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK CHECKOUT ' +
  'UNCHECKOUT CHECKIN UPDATE LABEL REPORT MKWORKSPACE MKACTIVITY MERGE INVALID VERSION-CONTROL BASELINE-CONTROL';
/** Bytes that may precede a method. */
const BEFORE_METHOD = ['', '\r', '\n', '\t', '\r\n'];

function patterns(): RecognitionPattern[] {
  const list: RecognitionPattern[] = [{ toServer: false, bytes: 'HTTP/', depth: 5 }];
  for (const method of METHODS.split(' ')) {
    for (const before of BEFORE_METHOD) {
      for (const behind of [' ', '\t']) list.push({ toServer: true, bytes: `${before}${method}${behind}` });
    }
  }
  return list;
}

/** Each connection keeps its state in its session. */
function connectionOf(session: { state: unknown }, make: () => Connection): Connection {
  session.state ??= make();
  return session.state as Connection;
}

const NAMES = { name: 'http', ruleNames: ['http', 'http1'], transports: ['tcp'] } as const;

export default defineProtocol<HttpTransaction>({
  ...NAMES,
  progressToServer: PROGRESS_TO_SERVER,
  progressToClient: PROGRESS_TO_CLIENT,
  bodyProgress: BODY,
  events: EVENTS,
  upperCaseEvents: true,
  buffers: BUFFERS,
  frames: declareFrames(NAMES, ['request', 'response'], 'http1'),
  values: [],
  tests: [
    urilen(LINE, uriLength),
    ...(fileTests({
      direction: 'either',
      begun: BODY,
      closed: COMPLETE,
    }) as TestDeclaration<HttpTransaction>[]),
  ],
  recognition: { patterns: patterns() },
  options: [
    ...HTTP_OPTIONS,
    ...RECORD_OPTIONS,
    ...Object.values(BODY_OPTIONS),
    ...XFF_OPTIONS,
    ...FILE_OPTIONS,
  ],
  check: checkServerSettings,
  record: (transaction, forAlert) =>
    forAlert ? httpAlertRecord(transaction) : httpRecord(transaction, DEFAULT_VARIANT),
  recordOfFile: transaction => httpRecord(transaction, DEFAULT_VARIANT),
  records: (transaction, settings) =>
    (settings as HttpSettings).variants.map(variant => ({
      members: httpRecord(transaction, variant),
      outputs: variant.outputs,
    })),
  alertMembers: httpAlertMembers,
  forwardedFor: forwardedForMember,
  lineFields: httpLineFields,
  bodyLength: (transaction, toServer) => transaction.message(toServer).body?.visible,
  prepare: httpSettings,
  gauges: settings => httpGauges(settings as HttpSettings),
  client: session => readRequests(connectionOf(session, () => new Connection(session))),
  server: session => readResponses(connectionOf(session, () => new Connection(session))),
  release(transaction) {
    transaction.request.body?.release();
    transaction.response.body?.release();
  },
  finish(session) {
    for (const transaction of session.transactions) {
      for (const file of transaction.files ?? []) file.close('truncated');
    }
  },
});
