/** Settings of SMTP. */

import { Config } from '../../../engine/config/config.js';
import {
  boolean,
  integer,
  names,
  type OptionType,
  option,
  size,
  text,
  texts,
} from '../../../engine/config/option.js';
import { recordTypeSettings } from '../../../engine/config/output-list.js';
import { type FileSettings, fileSettings } from '../../../engine/files/file-settings.js';
import { type BodyLimits, type BodyMemory, bodyMemory } from '../../../engine/files/inspected-body.js';
import { isEnabledFor } from '../../../engine/used-keywords.js';
import type { MimeSettings } from '../mime/message-reader.js';
import { FIELDS } from './record.js';

const PREFIX = 'app-layer.protocols.smtp.';
const MIME = `${PREFIX}mime.`;
const TRACKER = `${PREFIX}inspected-tracker.`;
const RECORD = 'outputs.*.eve-log.types.*.smtp.';

/** Field names may be written with underscores, as in records. */
const fieldName = (name: string): string => name.toLowerCase().replaceAll('_', '-');

const fieldNames: OptionType<readonly string[]> = {
  expected: `a list of ${Object.keys(FIELDS).join(', ')}`,
  parse: texts.parse,
  unknown: value => texts.parse(value)?.filter(name => !Object.hasOwn(FIELDS, fieldName(name))) ?? [],
};

const DECODE_MIME = option(`${MIME}decode-mime`, boolean, true, 'parse MIME messages');
const DECODE_BDAT = option(
  `${MIME}decode-bdat`,
  boolean,
  false,
  'also parse messages sent with BDAT; Suricata does not',
);
const DECODE_BASE64 = option(`${MIME}decode-base64`, boolean, true, 'decode base64');
const DECODE_QP = option(`${MIME}decode-quoted-printable`, boolean, true, 'decode quoted-printable');
const VALUE_DEPTH = option(`${MIME}header-value-depth`, size, 2000, 'maximum bytes kept of a header field');
const MAX_FILES = option(`${MIME}max-files`, integer(), 1024, 'maximum files tracked per message');
const URLS = option(`${MIME}extract-urls`, boolean, true, 'extract URLs from text parts');
const SCHEMES = option(`${MIME}extract-urls-schemes`, texts, ['http'], 'URL schemes to extract');
const LOG_SCHEME = option(`${MIME}log-url-scheme`, boolean, false, 'log URLs with their scheme');
export const BODY_MD5 = option(
  `${MIME}body-md5`,
  text,
  'auto',
  'compute the MD5 digest of bodies: yes, no, or auto (if rules or outputs need it)',
);
const RAW = option(
  `${PREFIX}raw-extraction`,
  boolean,
  false,
  'treat the whole message as a file, not its parts',
);
const LIMIT = option(`${TRACKER}content-limit`, size, 100_000, 'maximum bytes of files that are inspected');
const MINIMUM = option(
  `${TRACKER}content-inspect-min-size`,
  size,
  32_768,
  'bytes after which they are first inspected',
);
const WINDOW = option(`${TRACKER}content-inspect-window`, size, 4_096, 'bytes between inspections');
const MAX_TRANSACTIONS = option(
  `${PREFIX}max-tx`,
  integer(1),
  256,
  'maximum messages without a reply; beyond it parsing of the connection stops',
);
const EXTENDED = option(
  `${RECORD}extended`,
  boolean,
  false,
  'also log bcc, message-id, subject, x-mailer and user-agent',
);
const CUSTOM = option(
  `${RECORD}custom`,
  fieldNames,
  [],
  'logged header fields, such as received, x-mailer, date',
);
const MD5 = option(`${RECORD}md5`, names('body', 'subject'), [], 'logged digests: body, subject');

export const SMTP_OPTIONS = [
  DECODE_MIME,
  DECODE_BDAT,
  DECODE_BASE64,
  DECODE_QP,
  VALUE_DEPTH,
  MAX_FILES,
  URLS,
  SCHEMES,
  LOG_SCHEME,
  BODY_MD5,
  RAW,
  LIMIT,
  MINIMUM,
  WINDOW,
  MAX_TRANSACTIONS,
  EXTENDED,
  CUSTOM,
  MD5,
];

/** Fields included in `extended`. */
const EXTENDED_FIELDS = ['bcc', 'message-id', 'subject', 'x-mailer', 'user-agent'];
/** Maximum bytes of files kept for inspection per thread. */
const MEMORY = 64 << 20;

export interface SmtpSettings {
  readonly mime: MimeSettings | undefined;
  readonly raw: boolean;
  /** Whether messages after BDAT are parsed. */
  readonly chunks: boolean;
  readonly bodyMd5: boolean;
  readonly subjectMd5: boolean;
  readonly files: FileSettings;
  readonly limits: BodyLimits;
  readonly memory: BodyMemory;
  readonly maxTransactions: number;
  /** Further header fields of records, lower case. */
  readonly loggedFields: readonly string[];
}

export function smtpSettings(config: Config, shared: Readonly<Record<string, unknown>>): SmtpSettings {
  const records = recordTypeSettings(config, 'smtp').map(entry => entry ?? new Config({}));
  const listed = (path: string) => records.flatMap(entry => texts.parse(entry.at(path) ?? []) ?? []);
  const extended = records.some(entry => boolean.parse(entry.at('extended') ?? false) === true);
  return {
    mime: config.read(DECODE_MIME) ? mimeSettings(config) : undefined,
    chunks: config.read(DECODE_BDAT),
    // Either the parts or the whole of a message are files.
    raw: config.read(RAW) && !config.read(DECODE_MIME),
    bodyMd5: isBodyDigested(config.read(BODY_MD5), shared, listed('md5')),
    subjectMd5: listed('md5').includes('subject'),
    files: fileSettings(config, shared),
    limits: { limit: config.read(LIMIT), minimum: config.read(MINIMUM), window: config.read(WINDOW) },
    memory: bodyMemory(MEMORY),
    maxTransactions: config.read(MAX_TRANSACTIONS),
    loggedFields: [...new Set([...(extended ? EXTENDED_FIELDS : []), ...listed('custom').map(fieldName)])],
  };
}

function isBodyDigested(
  value: string,
  shared: Readonly<Record<string, unknown>>,
  digests: readonly string[],
): boolean {
  return isEnabledFor(value, shared, 'email.body_md5') || (value === 'auto' && digests.includes('body'));
}

function mimeSettings(config: Config): MimeSettings {
  return {
    decoded: [
      ...(config.read(DECODE_BASE64) ? ['base64'] : []),
      ...(config.read(DECODE_QP) ? ['quoted-printable'] : []),
    ],
    maxValueLength: config.read(VALUE_DEPTH),
    maxFiles: config.read(MAX_FILES),
    schemes: config.read(URLS) ? config.read(SCHEMES).map(scheme => scheme.toLowerCase()) : [],
    withScheme: config.read(LOG_SCHEME),
  };
}
