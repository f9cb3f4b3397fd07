/** The engine's own log in syslog (`logging.outputs.syslog`): each message with its level. */
import type { Config } from '../config/config.js';
import { Syslog } from '../log-file/syslog.js';
import type { Entry } from './entry.js';
import { jsonLine } from './json-line.js';
import { LEVELS, type LevelName, outputLevel, PINO_LEVELS } from './level.js';
import * as options from './options.js';
import type { Output } from './output.js';
import { textLine } from './text-line.js';

/** Least severe severity of RFC 5424 section 6.2.1; from 0 on they are in the order of `LEVELS`. */
const DEBUG = 7;

/**
 * @param level of the log in general
 * @param more additional verbosity from the command line
 */
export function syslogOutput(config: Config, level: LevelName, more: boolean): Output {
  const text = { format: config.read(options.SYSLOG_FORMAT), color: false };
  const json = config.read(options.SYSLOG_TYPE) === 'json';
  const settings = {
    identity: config.read(options.SYSLOG_IDENTITY),
    facility: config.read(options.SYSLOG_FACILITY),
    level: 'info',
    levelInLines: true,
  };
  const syslog = new Syslog(settings, message => process.stderr.write(`Error: logging: ${message}\n`));
  return {
    level: outputLevel(config.read(options.SYSLOG_LEVEL), level, more),
    write(record) {
      const entry = JSON.parse(record) as Entry;
      const line = json ? jsonLine(entry) : textLine(entry, text);
      syslog.write(Buffer.from(`<${severity(entry)}>${line}`));
    },
    close: () => syslog.close(),
  };
}

function severity({ level }: Entry): number {
  return Math.min(
    LEVELS.findIndex(name => PINO_LEVELS[name] === level),
    DEBUG,
  );
}
