/** Reloads rules while threads run. */
import type { Log } from '../../module.js';
import { messageOf } from '../error-message.js';
import type { Preparation } from './preparation.js';
import type { Running } from './restarting.js';
import { type Sources, sharedObjects } from './starting.js';

/** Reloads rules on request, one reload at a time; invalid new rules leave the active ones unchanged. */
export class Reloads {
  private running: Promise<string | undefined> | undefined;
  private requested = false;
  private ended = false;

  constructor(
    private readonly engine: Running,
    private readonly preparation: Preparation,
    private readonly sources: Sources,
    private readonly log: Log,
  ) {}

  /**
   * A request during a reload starts another one: the files may have changed since.
   * @returns why the last one was refused; undefined on success
   */
  request(): Promise<string | undefined> {
    this.requested = true;
    this.running ??= this.run();
    return this.running;
  }

  /** Accepts no more reloads; resolves when none is running. */
  async end(): Promise<void> {
    this.ended = true;
    this.preparation.backgroundCompiler?.end();
    await this.running;
  }

  private async run(): Promise<string | undefined> {
    let refused: string | undefined;
    while (this.requested && !this.ended) {
      this.requested = false;
      refused = await this.reload();
    }
    this.running = undefined;
    return refused;
  }

  private async reload(): Promise<string | undefined> {
    const { engine, preparation, sources, log } = this;
    try {
      log.notice('detect: rule reload starting');
      await preparation.backgroundCompiler?.compile();
      if (this.ended) return 'the engine is shutting down';
      await engine.reload(sharedObjects(preparation, sources, preparation.reloadRules()));
      preparation.releaseReplaced();
      log.notice('detect: rule reload complete');
      return undefined;
    } catch (error) {
      const refused = `rule reload failed, the previous rules stay in force: ${messageOf(error)}`;
      log.error(`detect: ${refused}`);
      return refused;
    }
  }
}
