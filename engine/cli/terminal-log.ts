/** A log for read-only commands: warnings and errors go to the terminal, errors are counted. */
import type { Log } from '../module.js';

export class TerminalLog implements Log {
  errors = 0;

  debug(): void {}

  info(): void {}

  notice(): void {}

  warning(text: string): void {
    this.print('warning', text);
  }

  error(text: string): void {
    this.errors++;
    this.print('error', text);
  }

  private print(level: string, text: string): void {
    process.stderr.write(`${level}: ${text}\n`);
  }
}
