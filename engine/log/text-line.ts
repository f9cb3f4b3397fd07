/** Records of the engine's log as lines of text, by a format of `%` letters. */
import type { Entry } from './entry.js';
import { levelTitle, PINO_LEVELS } from './level.js';
import { splitMessage } from './message.js';
import { oldTime, plainTime } from './time.js';

export interface TextFormat {
  /**
   * %z time, %t time in the format of old versions, %p and %i process id, %m and %T thread, %d level, %D level in
   * colour, %S part of the engine, %M message; `%S: ` is omitted without a part. A format without %M is a prefix of the
   * message.
   */
  readonly format: string;
  readonly color: boolean;
}

const MESSAGE = '%M';

export const FILE_FORMAT = '[%i - %m] %z %d: %S: %M';

export function consoleFormat(color: boolean): TextFormat {
  return { format: '%D: %S: %M', color };
}

export function textLine(entry: Entry, { format, color }: TextFormat): string {
  const { module, message } = splitMessage(entry.msg);
  const whole = format.includes(MESSAGE) ? format : format + MESSAGE;
  const used = module === undefined ? whole.replace(/%S:? ?/, '') : whole;
  const line = used.replace(/%([a-zA-Z%])/g, (whole, letter: string) => {
    switch (letter) {
      case 'z':
        return plainTime(entry.time);
      case 't':
        return oldTime(entry.time);
      case 'p':
      case 'i':
        return String(process.pid);
      case 'm':
      case 'T':
        return 'main';
      case 'd':
        return levelTitle(entry.level);
      case 'D':
        return color ? colored(entry.level) : levelTitle(entry.level);
      case 'S':
        return module ?? '';
      case 'M':
        return printable(message);
      case 'f':
      case 'l':
      case 'n':
        return '';
      case '%':
        return '%';
      default:
        return whole;
    }
  });
  return `${line}\n`;
}

function colored(level: number): string {
  const code =
    level >= PINO_LEVELS.error
      ? 31
      : level >= PINO_LEVELS.warning
        ? 33
        : level >= PINO_LEVELS.notice
          ? 32
          : 34;
  return `\x1b[${code}m${levelTitle(level)}\x1b[0m`;
}

/** Data from packets and files must not control a terminal. */
function printable(message: string): string {
  return message.replace(
    /[\x00-\x08\x0b-\x1f\x7f]/g,
    char => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
