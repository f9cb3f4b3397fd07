/**
 * Restarts threads when one of them fails, for live traffic: packets must not wait until the whole program is
 * restarted.
 */
import type { Engine, EngineOptions, EngineResult } from '../../engine.js';
import type { Log, OpenedDevices } from '../../module.js';
import type { Restarts } from './devices.js';

type Shared = Readonly<Record<string, unknown>>;
/** Operations of a run on its threads. */
export type Running = Pick<
  Engine,
  'counters' | 'plan' | 'stop' | 'abort' | 'reload' | 'rotateLogs' | 'finished'
>;

/** State that restarted threads continue with, and callbacks for the failure of a single thread. */
export type Continuation = Pick<
  EngineOptions,
  'threadsReady' | 'threadFailed' | 'threadRestarted' | 'threadsFailed' | 'threadsEnded' | 'previousCounters'
>;
type Start = (shared: Shared, continuation: Continuation) => Promise<Engine>;

/** @param start starts all threads with these shared objects */
export async function startRestarting(
  start: Start,
  shared: Shared,
  devices: OpenedDevices,
  restarts: Restarts,
  log: Log,
): Promise<Running> {
  const threadRestart = threadRestarts(devices, restarts, log);
  const again = (shared: Shared, previousCounters: ReadonlyMap<string, number>) =>
    start(shared, { ...threadRestart, previousCounters });
  const first = await start(shared, { ...threadRestart, threadsReady: () => devices.threadsReady?.() });
  return new Restarting(again, shared, devices, restarts, log, first);
}

/** A thread that the others do not depend on is restarted while they continue. */
function threadRestarts(devices: OpenedDevices, restarts: Restarts, log: Log): Continuation {
  return {
    threadFailed(thread, reason) {
      if (!restarts.allowed(performance.now())) return false;
      devices.threadsFailed?.(thread);
      log.error(`threads: ${reason}; restarting it`);
      return true;
    },
    threadRestarted(thread) {
      devices.threadsRestarted?.(thread);
      log.notice(`threads: thread ${thread.name} has restarted`);
    },
    // Packets must not wait until the last thread has ended.
    threadsFailed: () => devices.threadsFailed?.(),
    // Nor until all log records are written.
    threadsEnded: () => devices.threadsEnded?.(),
  };
}

class Restarting implements Running {
  readonly finished: Promise<EngineResult>;
  private stopping = false;
  /** Set during a restart: resolves when the threads run, or with why they cannot. */
  private restart: Promise<string | undefined> | undefined;

  constructor(
    private readonly start: (
      shared: Shared,
      previousCounters: ReadonlyMap<string, number>,
    ) => Promise<Engine>,
    private shared: Shared,
    private readonly devices: OpenedDevices,
    private readonly restarts: Restarts,
    private readonly log: Log,
    private engine: Engine,
  ) {
    this.finished = this.supervise();
  }

  private async supervise(): Promise<EngineResult> {
    let result = await this.engine.finished;
    while (result.failure !== undefined && !this.stopping && this.restarts.allowed(performance.now())) {
      this.log.error(`threads: ${result.failure}; restarting all threads`);
      this.restart = this.restartAll();
      const failure = await this.restart;
      this.restart = undefined;
      result = failure === undefined ? await this.engine.finished : { ...result, failure };
    }
    return result;
  }

  /** @returns why that is not possible */
  private async restartAll(): Promise<string | undefined> {
    try {
      // Packets that the other threads received before they ended get a verdict as well.
      this.devices.threadsFailed?.();
      this.engine = await this.start(this.shared, this.engine.counters());
      this.devices.threadsRestarted?.();
    } catch (error) {
      return (error as Error).message;
    }
    this.log.notice('threads: all threads have restarted');
    if (this.stopping) this.engine.stop();
    return undefined;
  }

  counters(): Map<string, number> {
    return this.engine.counters();
  }

  get plan(): Engine['plan'] {
    return this.engine.plan;
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
    // Threads being restarted use the previous rules, which are freed afterwards.
    await this.restart;
    await this.engine.reload(shared);
  }

  /** Threads being restarted open their logs anyway. */
  rotateLogs(): void {
    if (!this.restart) this.engine.rotateLogs();
  }
}
