/** A log whose lines are sent to syslog, through the program `logger` (`filetype: syslog`, output `syslog`). */
import { type ChildProcess, spawn } from 'node:child_process';
import { choice, type OptionType } from '../config/option.js';
import { type LogSink, linesIn, MAX_PENDING } from '../log-sink.js';

/** Maximum line length passed to `logger`. */
const MAX_LINE = '65536';
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
  /** Lines begin with their own level number, such as `<4>`. */
  readonly levelInLines?: boolean;
}

/** Milliseconds after which `logger` is restarted if it ended. */
const RETRY_MS = 10_000;

export class Syslog implements LogSink {
  private readonly words: readonly string[];
  private logger!: ChildProcess;
  private failed = false;
  private retryAt = 0;
  private ended = false;
  lost = 0;

  /** @param report called on failure, and at the end if lines were lost */
  constructor(
    { identity, facility, level, levelInLines }: SyslogSettings,
    private readonly report: (message: string) => void,
    private readonly now: () => number = () => performance.now(),
  ) {
    const words = ['-t', identity, '-p', `${facility}.${LEVELS[level] ?? level}`, '-S', MAX_LINE];
    // Without this it reports no error if there is no syslog.
    words.push('--socket-errors=on');
    if (levelInLines) words.push('--prio-prefix');
    this.words = words;
    this.start();
  }

  write(bytes: Uint8Array): void {
    if (this.failed && this.now() >= this.retryAt) this.start();
    const stdin = this.logger.stdin!;
    if (this.failed || stdin.writableLength > MAX_PENDING) this.lost += linesIn(bytes);
    else stdin.write(Uint8Array.from(bytes));
  }

  flush(): void {}
  rotate(): void {}

  close(): void {
    this.ended = true;
    if (this.lost > 0) this.report(`syslog: ${this.lost} lines were lost`);
    this.logger.stdin!.end();
  }

  private start(): void {
    this.failed = false;
    const logger = spawn('logger', this.words, { stdio: ['pipe', 'ignore', 'pipe'] });
    this.logger = logger;
    let errorText = '';
    logger.stderr!.on('data', data => {
      errorText ||= String(data).trim();
    });
    const fail = (why: string) => {
      if (!this.failed) this.report(`syslog: ${why}`);
      this.failed = true;
      this.retryAt = this.now() + RETRY_MS;
    };
    logger.on('error', error => fail(error.message));
    // Its exit reason says more than the error of its closed input.
    logger.stdin!.on('error', () => {});
    logger.on('close', (code, signal) => {
      if (code !== 0 || !this.ended) fail(errorText || `logger exited (${signal ?? code})`);
    });
  }
}
