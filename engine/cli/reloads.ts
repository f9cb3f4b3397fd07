/** Rules that are loaded anew while threads run. */
import type { Log } from '../module.js';
import { messageOf } from './mistakes.js';
import type { Preparation } from './preparation.js';
import type { Running } from './restarting.js';
import { type Sources, sharedObjects } from './starting.js';

/** Reloads rules when asked, one after the other; new rules that are wrong leave those in force as they are. */
export class Reloads {
  private running: Promise<void> | undefined;
  private wanted = false;
  private ended = false;

  constructor(
    private readonly engine: Running,
    private readonly preparation: Preparation,
    private readonly sources: Sources,
    private readonly log: Log,
  ) {}

  /** Asked for while one runs, another follows it: the files may have changed since. */
  ask(): Promise<void> {
    this.wanted = true;
    this.running ??= this.run();
    return this.running;
  }

  /** No reload begins any more; resolves when none runs. */
  async end(): Promise<void> {
    this.ended = true;
    await this.running;
  }

  private async run(): Promise<void> {
    while (this.wanted && !this.ended) {
      this.wanted = false;
      await this.reload();
    }
    this.running = undefined;
  }

  private async reload(): Promise<void> {
    const { engine, preparation, sources, log } = this;
    try {
      log.notice('detect: rule reload starting');
      await engine.reload(sharedObjects(preparation, sources, preparation.reloadRules()));
      preparation.releaseReplaced();
      log.notice('detect: rule reload complete');
    } catch (error) {
      log.error(`detect: rule reload failed, the rules before stay in force: ${messageOf(error)}`);
    }
  }
}
