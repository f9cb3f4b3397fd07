/** Warnings logged once, regardless of the thread. The number of remembered warnings is bounded. */
import type { Log } from '../module.js';

/** Maximum number of remembered warnings. */
export const MAX_WARNINGS = 1000;

export class UniqueWarnings {
  private readonly logged = new Set<string>();

  constructor(private readonly log: Pick<Log, 'warning' | 'debug'>) {}

  /** Beyond that number, warnings are logged at debug level. */
  warn(text: string): void {
    if (this.logged.has(text)) return;
    if (this.logged.size >= MAX_WARNINGS) {
      this.log.debug(text);
      return;
    }
    this.logged.add(text);
    this.log.warning(text);
    if (this.logged.size === MAX_WARNINGS)
      this.log.warning(
        `${MAX_WARNINGS} different warnings were logged: further ones are logged at level debug`,
      );
  }
}
