/** The engine's own log in the log of the system (`logging.outputs.syslog`): each message with its level. */
import type { Config } from '../config/config.js';
import { Syslog } from '../log-file/syslog.js';
import type { Entry } from './entry.js';
import { jsonLine } from './json-line.js';
import { LEVELS, type LevelName, moreTelling, PINO_LEVELS } from './level.js';
import * as options from './options.js';
import type { Output } from './output.js';
import { textLine } from './text-line.js';

const MESSAGE = '%M';
/** Severities of RFC 5424 section 6.2.1, in the order of `LEVELS`; there is none below 7. */
const SEVERITIES = [0, 1, 2, 3, 4, 5, 6, 7, 7, 7];

/**
 * @param level of the log in general
 * @param more the command line asks for more than is configured
 */
export function syslogOutput(config: Config, level: LevelName, more: boolean): Output {
  const own = config.read(options.SYSLOG_LEVEL);
  const format = config.read(options.SYSLOG_FORMAT);
  // A format without the message is what stands before it.
  const text = { format: format.includes(MESSAGE) ? format : format + MESSAGE, color: false };
  const json = config.read(options.SYSLOG_TYPE) === 'json';
  const settings = {
    identity: config.read(options.SYSLOG_IDENTITY),
    facility: config.read(options.SYSLOG_FACILITY),
    level: 'info',
    levelInLines: true,
  };
  const syslog = new Syslog(settings, message => process.stderr.write(`Error: logging: ${message}\n`));
  return {
    level: own === '' ? level : moreTelling(own, more ? level : own),
    write(record) {
      const entry = JSON.parse(record) as Entry;
      const line = json ? jsonLine(entry) : textLine(entry, text);
      syslog.write(Buffer.from(`<${severity(entry)}>${line}`));
    },
    close: () => syslog.close(),
  };
}

function severity({ level }: Entry): number {
  return SEVERITIES[LEVELS.findIndex(name => PINO_LEVELS[name] === level)] ?? 6;
}
