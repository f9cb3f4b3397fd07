/** A log whose lines go to the system's log, through its program `logger` (`filetype: syslog`, output `syslog`). */
import { type ChildProcess, spawn } from 'node:child_process';
import { choice, type OptionType } from '../config/option.js';
import { type LogSink, linesIn, MOST_WAITING } from '../log-sink.js';

/** Longest line, as `logger` is told. */
const LONGEST = '65536';
const LEVELS: Readonly<Record<string, string>> = {
  emergency: 'emerg',
  alert: 'alert',
  critical: 'crit',
  error: 'err',
  warning: 'warning',
  notice: 'notice',
  info: 'info',
  debug: 'debug',
};

export const syslogLevel: OptionType<string> = choice(...Object.keys(LEVELS));
export const syslogFacility: OptionType<string> = choice(
  ...'auth authpriv cron daemon ftp kern lpr mail news syslog user uucp'.split(' '),
  ...[0, 1, 2, 3, 4, 5, 6, 7].map(number => `local${number}`),
);

export interface SyslogSettings {
  readonly identity: string;
  readonly facility: string;
  readonly level: string;
  /** Lines begin with the number of a level of their own, as `<4>`. */
  readonly levelInLines?: boolean;
}

export class Syslog implements LogSink {
  private readonly logger: ChildProcess;
  private failed = false;
  lost = 0;

  /** @param told called when it cannot be done, and at the end when lines were lost */
  constructor(
    { identity, facility, level, levelInLines }: SyslogSettings,
    private readonly told: (message: string) => void,
  ) {
    const words = ['-t', identity, '-p', `${facility}.${LEVELS[level] ?? level}`, '-S', LONGEST];
    if (levelInLines) words.push('--prio-prefix');
    this.logger = spawn('logger', words, { stdio: ['pipe', 'ignore', 'ignore'] });
    const fail = (error: Error) => {
      if (!this.failed) told(`syslog: ${error.message}`);
      this.failed = true;
    };
    this.logger.on('error', fail);
    this.logger.stdin!.on('error', fail);
  }

  write(bytes: Uint8Array): void {
    const stdin = this.logger.stdin!;
    if (this.failed || stdin.writableLength > MOST_WAITING) this.lost += linesIn(bytes);
    else stdin.write(Uint8Array.from(bytes));
  }

  flush(): void {}
  rotate(): void {}

  close(): void {
    if (this.lost > 0) this.told(`syslog: ${this.lost} lines were lost`);
    this.logger.stdin!.end();
  }
}
