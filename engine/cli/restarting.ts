/** Threads that are started anew when one of them fails, for live traffic: packets must not wait for a program to be. */
import type { Engine, EngineResult } from '../engine.js';
import type { Log, OpenedDevices } from '../module.js';
import type { Restarts } from './devices.js';

type Shared = Readonly<Record<string, unknown>>;
/** What a run does with its threads. */
export type Running = Pick<Engine, 'counters' | 'stop' | 'abort' | 'reload' | 'rotateLogs' | 'finished'>;

/** @param start starts all threads with these shared objects */
export async function startRestarting(
  start: (shared: Shared) => Promise<Engine>,
  shared: Shared,
  devices: OpenedDevices,
  restarts: Restarts,
  log: Log,
): Promise<Running> {
  return new Restarting(start, shared, devices, restarts, log, await start(shared));
}

class Restarting implements Running {
  readonly finished: Promise<EngineResult>;
  /** Counters of threads that have failed. */
  private readonly before = new Map<string, number>();
  private stopping = false;

  constructor(
    private readonly start: (shared: Shared) => Promise<Engine>,
    private shared: Shared,
    private readonly devices: OpenedDevices,
    private readonly restarts: Restarts,
    private readonly log: Log,
    private engine: Engine,
  ) {
    this.finished = this.runOn();
  }

  private async runOn(): Promise<EngineResult> {
    for (;;) {
      const result = await this.engine.finished;
      if (result.failure === undefined || this.stopping || !this.restarts.allowed(performance.now()))
        return result;
      this.log.error(`threads: ${result.failure}; they are started anew`);
      this.devices.threadsFailed?.();
      for (const [name, value] of this.engine.counters())
        this.before.set(name, (this.before.get(name) ?? 0) + value);
      this.engine = await this.start(this.shared);
      this.devices.threadsAreBack?.();
      this.log.notice('threads: all threads run again');
      if (this.stopping) this.engine.stop();
    }
  }

  counters(): Map<string, number> {
    const counters = this.engine.counters();
    for (const [name, value] of this.before) counters.set(name, (counters.get(name) ?? 0) + value);
    counters.set('threads.restarts', this.restarts.count);
    return counters;
  }

  stop(): void {
    this.stopping = true;
    this.engine.stop();
  }

  abort(): void {
    this.stopping = true;
    this.engine.abort();
  }

  async reload(shared: Shared): Promise<void> {
    this.shared = shared;
    await this.engine.reload(shared);
  }

  rotateLogs(): void {
    this.engine.rotateLogs();
  }
}
