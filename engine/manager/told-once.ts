/** Warnings logged once, regardless of the thread. The number of remembered warnings is bounded. */
import type { Log } from '../module.js';

/** Maximum number of remembered warnings. */
export const MOST_TOLD = 1000;

export class ToldOnce {
  private readonly told = new Set<string>();

  constructor(private readonly log: Pick<Log, 'warning' | 'debug'>) {}

  /** Beyond that number, warnings are logged at debug level. */
  warn(text: string): void {
    if (this.told.has(text)) return;
    if (this.told.size >= MOST_TOLD) {
      this.log.debug(text);
      return;
    }
    this.told.add(text);
    this.log.warning(text);
    if (this.told.size === MOST_TOLD)
      this.log.warning(`${MOST_TOLD} different warnings were logged: further ones are logged at level debug`);
  }
}
