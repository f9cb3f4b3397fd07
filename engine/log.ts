/**
 * The engine's own log, through pino: lines of text or JSON to the console, files and syslog. It runs in the main
 * thread; other threads send their messages there.
 *
 * A message may begin with the part of the engine it comes from, as one word and a colon: `detect: 3 rules loaded`.
 * JSON records have it in a separate field.
 */
import pino from 'pino';
import { Config, type ConfigTree } from './config/config.js';
import type { Entry } from './log/entry.js';
import { fileOutput } from './log/file-output.js';
import { jsonLine } from './log/json-line.js';
import { LEVELS, type LevelName, lowerLevel, outputLevel, PINO_LEVELS } from './log/level.js';
import * as options from './log/options.js';
import type { Output } from './log/output.js';
import { syslogOutput } from './log/syslog-output.js';
import { consoleFormat, textLine } from './log/text-line.js';
import type { Log } from './module.js';

/** All options of the section `logging`. */
export const LOG_OPTIONS = Object.values(options);

export interface EngineLog extends Log {
  /** Reopens log files (after rotation). */
  reopen(): void;
  /** Gives log files to the user that the process is about to become. */
  changeOwner(uid: number, gid: number): void;
  /** Flushes buffers and closes files. */
  close(): void;
}

export interface LogSettings {
  readonly config: Config;
  /** Folder for log files with relative names. */
  readonly folder: string;
  /** Additional verbosity beyond the configured level: 1 info, 2 perf, 3 config, 4 debug. */
  readonly verbosity?: number;
  /** Only errors on the console. */
  readonly quiet?: boolean;
  readonly console?: ConsoleStreams;
  /** SC_LOG_LEVEL, SC_LOG_FORMAT and SC_LOG_OP_FILTER override the configuration. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

export interface ConsoleStreams {
  readonly out: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly err: { write(text: string): unknown; readonly isTTY?: boolean };
}

const PROCESS_STREAMS: ConsoleStreams = { out: process.stdout, err: process.stderr };

/** Opens the configured log. A file that cannot be opened is reported on the console and omitted. */
export function openLog(settings: LogSettings): EngineLog {
  const { config } = settings;
  const wanted = LEVELS[Math.min(LEVELS.indexOf('notice') + (settings.verbosity ?? 0), LEVELS.length - 1)]!;
  const { environment = process.env } = settings;
  const general = options.LEVEL.type.parse(environment['SC_LOG_LEVEL']) ?? config.read(options.LEVEL);
  const level = settings.verbosity ? lowerLevel(general, wanted) : general;
  const outputs: Output[] = [];
  if (config.read(options.CONSOLE)) outputs.push(consoleOutput(settings, level));
  for (const file of sections(config, 'file'))
    if (file.read(options.FILE))
      outputs.push(fileOutput(file, settings.folder, level, isVerbose(settings), onConsole(settings)));
  for (const syslog of sections(config, 'syslog'))
    if (syslog.read(options.SYSLOG)) outputs.push(syslogOutput(syslog, level, isVerbose(settings)));
  const filter = environment['SC_LOG_OP_FILTER'] ?? config.read(options.FILTER);
  return new PinoLog(filter === '' ? outputs : outputs.map(output => filtered(output, filter)));
}

function isVerbose({ verbosity = 0 }: LogSettings): boolean {
  return verbosity > 0;
}

/** A configuration for each listed output of a kind. */
function sections(config: Config, kind: string): Config[] {
  const outputs = config.at('logging.outputs');
  if (!Array.isArray(outputs)) return config.at(`logging.outputs.${kind}`) === undefined ? [] : [config];
  return (outputs as ConfigTree[])
    .filter(output => output !== null && typeof output === 'object' && output[kind] !== undefined)
    .map(output => new Config({ logging: { outputs: [output] } }));
}

/** Only messages that match. */
function filtered(output: Output, filter: string): Output {
  let expression: RegExp;
  try {
    expression = new RegExp(filter);
  } catch (error) {
    return { ...output, problem: `logging: default-output-filter: ${(error as Error).message}` };
  }
  const matches = (record: string) => expression.test((JSON.parse(record) as Entry).msg);
  return { ...output, write: record => matches(record) && output.write(record) };
}

/** A log for the time before the configuration is known: console only. */
export function consoleLog(verbosity = 0, streams = PROCESS_STREAMS, quiet = false): EngineLog {
  const level = LEVELS[Math.min(LEVELS.indexOf('notice') + verbosity, LEVELS.length - 1)]!;
  return new PinoLog([toConsole(streams, quiet ? 'error' : level, 'regular', undefined)]);
}

function consoleOutput(settings: LogSettings, level: LevelName): Output {
  const { config } = settings;
  const own = outputLevel(config.read(options.CONSOLE_LEVEL), level, isVerbose(settings));
  const { environment = process.env } = settings;
  const format =
    environment['SC_LOG_FORMAT'] || config.read(options.CONSOLE_FORMAT) || config.read(options.FORMAT);
  return toConsole(
    settings.console ?? PROCESS_STREAMS,
    settings.quiet ? 'error' : own,
    config.read(options.CONSOLE_TYPE),
    format || undefined,
  );
}

/** Reports errors of the log itself. */
function onConsole({ console: { err } = PROCESS_STREAMS }: LogSettings): (message: string) => void {
  return message => void err.write(`Error: ${message}\n`);
}

/** Errors go to the error stream, all else to standard output. */
function toConsole(
  streams: ConsoleStreams,
  level: LevelName,
  type: 'regular' | 'json',
  format: string | undefined,
): Output {
  const text = format === undefined ? consoleFormat(streams.out.isTTY === true) : { format, color: false };
  return {
    level,
    write(record) {
      const entry = JSON.parse(record) as Entry;
      const stream = entry.level >= PINO_LEVELS.error ? streams.err : streams.out;
      stream.write(type === 'json' ? jsonLine(entry) : textLine(entry, text));
    },
  };
}

class PinoLog implements EngineLog {
  private readonly pino: pino.Logger<LevelName>;

  constructor(private readonly outputs: readonly Output[]) {
    const streams = outputs.map(output => ({ level: PINO_LEVELS[output.level], stream: output }));
    this.pino = pino<LevelName>(
      { base: null, customLevels: PINO_LEVELS, useOnlyCustomLevels: true, level: 'debug' },
      pino.multistream(streams, { levels: PINO_LEVELS }),
    );
    for (const { problem } of outputs) if (problem) this.error(problem);
  }

  debug = (message: string) => this.pino.debug(message);
  info = (message: string) => this.pino.info(message);
  notice = (message: string) => this.pino.notice(message);
  warning = (message: string) => this.pino.warning(message);
  error = (message: string) => this.pino.error(message);

  reopen(): void {
    for (const output of this.outputs) output.reopen?.();
  }

  changeOwner(uid: number, gid: number): void {
    for (const output of this.outputs) output.changeOwner?.(uid, gid);
  }

  close(): void {
    for (const output of this.outputs) output.close?.();
  }
}
