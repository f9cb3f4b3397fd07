/** tls.log: a line of text for each TLS session. */
import { type LineLog, lineTime, logFinished } from '../engine/application/finished-lines.js';
import type { Config } from '../engine/config/config.js';
import { boolean, option, text } from '../engine/config/option.js';
import { logFolder, logPath, outputEntries, outputs } from '../engine/config/output-list.js';
import { EVENT_NONE } from '../engine/event.js';
import { defineModule } from '../engine/module.js';
import { formatLine, type LineSubject, lineFormat, printableField } from '../engine/record/line-format.js';

const PREFIX = 'outputs.*.tls-log.';
const enabled = option(`${PREFIX}enabled`, boolean, true, 'enable tls.log');
const filename = option(`${PREFIX}filename`, text, 'tls.log', 'file name');
const extended = option(
  `${PREFIX}extended`,
  boolean,
  false,
  'log fingerprint, SNI, serial, version and validity',
);
const resumption = option(`${PREFIX}session-resumption`, boolean, false, 'also log resumed sessions');
const custom = option(`${PREFIX}custom`, boolean, false, 'use customformat');
const format = option(
  `${PREFIX}customformat`,
  text,
  '%{%D-%H:%M:%S}t.%z %a:%p -> %A:%P %v %n %d %D',
  'format of lines',
);

export default defineModule({
  summary: 'writes a line of text for each TLS session',
  kind: 'output',
  options: [outputs, logFolder, enabled, filename, extended, resumption, custom, format],
  wants: config => (outputEntries(config, 'tls-log').length > 0 ? [EVENT_NONE] : []),
  create(thread) {
    const logs = outputEntries(thread.config, 'tls-log').map(entry => logOf(thread.config, entry));
    logFinished(thread, 'tls-log', 'tls', logs);
    return { process() {} };
  },
});

/** Fields of a line, from the session's record. */
interface TlsFields {
  readonly subject?: string;
  readonly issuerdn?: string;
  readonly session_resumed?: boolean;
  readonly fingerprint?: string;
  readonly sni?: string;
  readonly serial?: string;
  readonly version?: string;
  readonly notbefore?: string;
  readonly notafter?: string;
}

const BASIC: readonly [label: string, member: keyof TlsFields][] = [
  ['Subject', 'subject'],
  ['Issuerdn', 'issuerdn'],
];
const EXTENDED: readonly [label: string, member: keyof TlsFields][] = [
  ['SHA1', 'fingerprint'],
  ['SNI', 'sni'],
  ['SERIAL', 'serial'],
  ['VERSION', 'version'],
  ['NOTBEFORE', 'notbefore'],
  ['NOTAFTER', 'notafter'],
];

function logOf(config: Config, entry: Config): LineLog {
  const read = entry.readerBelow(PREFIX);
  const parts = read(custom) ? lineFormat(read(format)) : undefined;
  const more = read(extended);
  const resumed = read(resumption);
  return {
    file: logPath(config, read(filename)),
    line(subject, protocol, transaction) {
      const tls = protocol.lineFields!(transaction) as TlsFields;
      if (tls.subject === undefined && !(tls.session_resumed && resumed)) return undefined;
      return parts
        ? formatLine(parts, subject, letter => field(tls, letter))
        : defaultLine(subject, tls, more);
    },
  };
}

function defaultLine(subject: LineSubject, tls: TlsFields, more: boolean): string {
  const { client, clientPort, server, serverPort } = subject;
  const resumed = tls.session_resumed ? " Session='resumed'" : '';
  const fields = labelled(tls, BASIC) + resumed + (more ? labelled(tls, EXTENDED) : '');
  return `${lineTime(subject)} ${client}:${clientPort} -> ${server}:${serverPort}  TLS:${fields}`;
}

function labelled(tls: TlsFields, fields: typeof BASIC): string {
  return fields
    .map(([label, member]) => {
      const value = tls[member];
      return value === undefined ? '' : ` ${label}='${printableField(String(value))}'`;
    })
    .join('');
}

function field(tls: TlsFields, letter: string): string | undefined {
  switch (letter) {
    case 'n':
      return tls.sni;
    case 'v':
      return tls.version && `VERSION='${tls.version}'`;
    case 'd':
      return tls.notbefore && `NOTBEFORE='${tls.notbefore}'`;
    case 'D':
      return tls.notafter && `NOTAFTER='${tls.notafter}'`;
    case 'f':
      return tls.fingerprint;
    case 's':
      return tls.subject;
    case 'i':
      return tls.issuerdn;
    case 'E':
      return labelled(tls, EXTENDED).trim();
    default:
      return undefined;
  }
}
