/** Warnings that are told once, whichever thread has them. What differs each time is not kept without an end. */
import type { Log } from '../module.js';

/** Warnings that are remembered. */
export const MOST_TOLD = 1000;

export class ToldOnce {
  private readonly told = new Set<string>();

  constructor(private readonly log: Pick<Log, 'warning' | 'debug'>) {}

  /** Behind the last warning that can be remembered, they are told to who debugs. */
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
