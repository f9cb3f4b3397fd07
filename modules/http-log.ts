/** http.log: a line of text for each HTTP/1 transaction. */

import { type LineLog, lineTime, logFinished } from '../engine/application/finished-lines.js';
import type { Config } from '../engine/config/config.js';
import { boolean, option, text } from '../engine/config/option.js';
import { logFolder, logPath, outputEntries, outputs } from '../engine/config/output-list.js';
import { EVENT_NONE } from '../engine/event.js';
import { latin1 } from '../engine/latin1.js';
import { defineModule } from '../engine/module.js';
import type { Protocol, Transaction } from '../engine/protocol.js';
import { formatLine, type LineSubject, lineFormat, printableField } from '../engine/record/line-format.js';

const PREFIX = 'outputs.*.http-log.';
const enabled = option(`${PREFIX}enabled`, boolean, true, 'enable http.log');
const filename = option(`${PREFIX}filename`, text, 'http.log', 'file name');
const extended = option(
  `${PREFIX}extended`,
  boolean,
  false,
  'log referrer, method, protocol, status and length',
);
const custom = option(`${PREFIX}custom`, boolean, false, 'use customformat');
const format = option(
  `${PREFIX}customformat`,
  text,
  '%{%D-%H:%M:%S}t.%z %{X-Forwarded-For}i %H %m %h %u %s %B %a:%p -> %A:%P',
  'format of lines',
);

export default defineModule({
  summary: 'writes a line of text for each HTTP transaction',
  kind: 'output',
  options: [outputs, logFolder, enabled, filename, extended, custom, format],
  wants: config => (outputEntries(config, 'http-log').length > 0 ? [EVENT_NONE] : []),
  create(thread) {
    const logs = outputEntries(thread.config, 'http-log').map(entry => logOf(thread.config, entry));
    logFinished(thread, 'http-log', 'http', logs);
    return { process() {} };
  },
});

/** Fields of a line, from the transaction's record and its header fields. */
interface HttpFields {
  readonly hostname?: string;
  readonly url?: string;
  readonly http_user_agent?: string;
  readonly http_refer?: string;
  readonly http_method?: string;
  readonly protocol?: string;
  readonly status?: number;
  readonly redirect?: string;
  readonly length?: number;
}

function logOf(config: Config, entry: Config): LineLog {
  const read = entry.readerBelow(PREFIX);
  const parts = read(custom) ? lineFormat(read(format)) : undefined;
  const more = read(extended);
  return {
    file: logPath(config, read(filename)),
    line(subject, protocol, transaction) {
      const http = protocol.lineFields!(transaction) as HttpFields;
      if (!parts) return defaultLine(subject, http, more);
      return formatLine(parts, subject, (letter, name) => field(protocol, transaction, http, letter, name));
    },
  };
}

function defaultLine(subject: LineSubject, http: HttpFields, more: boolean): string {
  const fields = [
    http.hostname ?? '<hostname unknown>',
    http.url ?? '<uri unknown>',
    http.http_user_agent ?? '<useragent unknown>',
  ];
  if (more) {
    const redirect = http.redirect === undefined ? '' : ` => ${http.redirect}`;
    fields.push(
      http.http_refer ?? '<no referer>',
      http.http_method ?? '<no method>',
      http.protocol ?? '<no protocol>',
      http.status === undefined ? '<no status>' : `${http.status}${redirect}`,
      `${http.length ?? 0} bytes`,
    );
  }
  const { client, clientPort, server, serverPort } = subject;
  fields.push(`${client}:${clientPort} -> ${server}:${serverPort}`);
  return `${lineTime(subject)} ${fields.map(printableField).join(' [**] ')}`;
}

function field(
  protocol: Protocol,
  transaction: Transaction,
  http: HttpFields,
  letter: string,
  name: string,
): string | undefined {
  switch (letter) {
    case 'h':
      return http.hostname;
    case 'H':
      return http.protocol;
    case 'm':
      return http.http_method;
    case 'u':
      return http.url;
    case 's':
      return http.status === undefined
        ? undefined
        : `${http.status}${http.redirect === undefined ? '' : `(${http.redirect})`}`;
    case 'B':
      return String(http.length ?? 0);
    case 'i':
      return header(protocol, transaction, true, name);
    case 'o':
      return header(protocol, transaction, false, name);
    case 'C':
      return cookie(header(protocol, transaction, true, 'cookie'), name);
    default:
      return undefined;
  }
}

/** The value of a header field, latin1. */
function header(
  protocol: Protocol,
  transaction: Transaction,
  toServer: boolean,
  name: string,
): string | undefined {
  const keyword = toServer ? 'http.request_header' : 'http.response_header';
  const buffer = protocol.buffers.find(each => each.keyword === keyword);
  const wanted = `${name.toLowerCase()}: `;
  for (let i = 0; ; i++) {
    const bytes = buffer?.get(transaction, toServer, i);
    if (!bytes) return undefined;
    const line = latin1(bytes);
    if (line.toLowerCase().startsWith(wanted)) return line.slice(wanted.length);
  }
}

function cookie(cookies: string | undefined, name: string): string | undefined {
  if (name === '') return cookies;
  const pair = cookies?.split(/;\s*/).find(each => each.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}
