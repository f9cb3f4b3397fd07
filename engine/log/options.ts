import { boolean, choice, option, text } from '../config/option.js';
import { syslogFacility } from '../log-file/syslog.js';
import { LEVELS } from './level.js';

const level = choice(...LEVELS);
const levelOrNone = choice(...LEVELS, '');

export const LEVEL = option('logging.default-log-level', level, 'notice', 'minimum level that is logged');
export const FORMAT = option(
  'logging.default-log-format',
  text,
  '',
  'format of text lines, see docs/configuration.md',
);
export const FILTER = option(
  'logging.default-output-filter',
  text,
  '',
  'regular expression that messages must match to be logged; empty: all',
);
export const CONSOLE = option('logging.outputs.console.enabled', boolean, true, 'log to the console');
export const CONSOLE_LEVEL = option('logging.outputs.console.level', levelOrNone, '', 'level of the console');
export const CONSOLE_TYPE = option(
  'logging.outputs.console.type',
  choice('regular', 'json'),
  'regular',
  'text or JSON lines',
);
export const CONSOLE_FORMAT = option(
  'logging.outputs.console.format',
  text,
  '',
  'format of text lines on the console',
);
export const FILE = option(
  'logging.outputs.file.enabled',
  boolean,
  true,
  'log to a file; disabled if the configuration lacks this section',
);
export const FILE_LEVEL = option(
  'logging.outputs.file.level',
  levelOrNone,
  'info',
  'level of the file; empty: the default level',
);
export const FILE_NAME = option(
  'logging.outputs.file.filename',
  text,
  'suricata.log',
  'name of the file, relative to default-log-dir',
);
export const FILE_TYPE = option(
  'logging.outputs.file.type',
  choice('regular', 'json'),
  'regular',
  'text or JSON lines',
);
export const FILE_FORMAT = option(
  'logging.outputs.file.format',
  text,
  '',
  'format of text lines in the file',
);
export const SYSLOG = option('logging.outputs.syslog.enabled', boolean, false, 'log to syslog');
export const SYSLOG_LEVEL = option(
  'logging.outputs.syslog.level',
  levelOrNone,
  '',
  'level of syslog; empty: the default level',
);
export const SYSLOG_FACILITY = option(
  'logging.outputs.syslog.facility',
  syslogFacility,
  'local5',
  'syslog facility',
);
export const SYSLOG_IDENTITY = option('logging.outputs.syslog.identity', text, 'suricata', 'syslog identity');
export const SYSLOG_TYPE = option(
  'logging.outputs.syslog.type',
  choice('regular', 'json'),
  'regular',
  'text or JSON lines',
);
export const SYSLOG_FORMAT = option(
  'logging.outputs.syslog.format',
  text,
  '[%i] <%d> -- %M',
  'format of text lines in syslog; a prefix of the message if it lacks %M',
);
