/**
 * Starts the threads of a plan, handles their messages, restarts single ones, and stops them. It processes no packets.
 */
import { randomInt } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { GENERATION, generationOf } from '../by-generation.js';
import { compiled } from '../compiled.js';
import type { Engine, EngineOptions, EngineResult, ThreadReport } from '../engine.js';
import type { ThreadOfGroup } from '../module.js';
import { packetsAtOnce } from '../packet/packets-at-once.js';
import { Doorbell } from '../queue/doorbell.js';
import { StatisticsWriter } from '../statistics.js';
import type { Statistics } from '../stats-record.js';
import { ABORT, Control, ENDED, RUN, STARTING, STOP } from '../thread/control.js';
import { totalCounters } from '../thread/counters.js';
import type { ThreadMessage, ThreadStart } from '../thread/messages.js';
import type { Plan } from '../thread/plan.js';
import { LogSinks } from './log-sinks.js';
import { BATCH, OWNERSHIP, WATCHDOG } from './options.js';
import { RunningThread } from './running-thread.js';
import { UniqueWarnings } from './unique-warnings.js';
import { Watchdog } from './watchdog.js';

function threadOfGroup({ plan: { name, indexInGroup, groupCount } }: RunningThread): ThreadOfGroup {
  return { name, index: indexInGroup, count: groupCount };
}

/** How often lines are fetched from the threads. */
const DRAIN_MS = 5;
/** Time for threads to end after one has failed. */
const END_TIMEOUT_MS = 1000;
/** Time for the compiler to finish with the code of a worker that ended. */
const TERMINATE_DELAY_MS = 250;

/**
 * Three semi-spaces of 8 MB: the garbage of a batch fits, and V8's default of 16 MB each would only hold more garbage.
 */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 24 };

/** Log lines lost; declared once there are any. */
const LOST_LINES = 'output.lost_lines';

/** Ends a worker whose work is done, once nothing compiles for it any more; see `stay` in `thread/worker.ts`. */
function terminateLater(worker: Worker): void {
  // The process need not wait for this: its exit ends the worker.
  worker.unref();
  setTimeout(() => void worker.terminate(), TERMINATE_DELAY_MS).unref();
}

export class Manager implements Engine {
  readonly finished: Promise<EngineResult>;
  private readonly control: Control;
  private readonly threadsRunning: readonly RunningThread[];
  private readonly sinks: LogSinks;
  private readonly statistics: StatisticsWriter;
  private readonly watchdog: Watchdog;
  private readonly seed: number;
  private readonly warnings: UniqueWarnings;
  private shared: Readonly<Record<string, unknown>>;
  private failure: string | undefined;
  private resolveFinished!: (result: EngineResult) => void;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly options: EngineOptions,
    readonly plan: Plan,
  ) {
    const { config } = options;
    this.seed = options.seed ?? randomInt(2 ** 31);
    this.shared = options.shared;
    this.warnings = new UniqueWarnings(options.log);
    this.control = new Control(plan.control);
    this.threadsRunning = plan.threads.map(thread => new RunningThread(thread));
    this.sinks = new LogSinks(file => options.openLog(file));
    const write = (file: string, lines: Uint8Array) => this.sinks.write(file, lines);
    this.statistics = new StatisticsWriter(config, options.statistics ?? [], write, Date.now());
    this.watchdog = new Watchdog(this.control, options.live ? config.read(WATCHDOG) * 1000 : 0);
    this.finished = new Promise(resolve => {
      this.resolveFinished = resolve;
    });
  }

  /** Starts every thread, waits until all are ready, and starts packet processing. */
  async start(): Promise<void> {
    for (const thread of this.threadsRunning) this.startWorker(thread);
    await Promise.all(this.threadsRunning.map(thread => thread.ready));
    try {
      if (this.failure !== undefined) throw new Error(this.failure);
      this.options.threadsReady?.();
    } catch (error) {
      this.failure ??= (error as Error).message;
      await Promise.all(this.threadsRunning.map(({ worker }) => worker.terminate()));
      throw error;
    }
    this.statistics.begin(Date.now());
    this.timer = setInterval(() => this.drain(), DRAIN_MS);
    for (const thread of this.threadsRunning) this.startProcessing(thread);
    void Promise.all(this.threadsRunning.map(thread => thread.ended)).then(() => this.finish());
  }

  private startWorker(thread: RunningThread): void {
    const workerData = this.startParameters(thread);
    const { name } = thread.plan;
    const worker = new Worker(compiled('engine/thread/worker.js'), {
      workerData,
      name,
      resourceLimits: RESOURCE_LIMITS,
    });
    thread.worker = worker;
    thread.startedWith = this.shared;
    worker.on('message', (message: ThreadMessage) => this.handleMessage(thread, message));
    worker.on('error', error => this.threadFailed(thread, error.message));
    worker.on('exit', code => this.workerExited(thread, code));
  }

  private startParameters({ plan: { index } }: RunningThread): ThreadStart {
    const { options, plan, seed, shared } = this;
    const { config, from, input, live, wantedEvents } = options;
    return {
      ...{ plan, me: index, config: config.tree, shared, seed, from, live, input, wantedEvents },
      batchSize: live ? config.read(BATCH) : packetsAtOnce(config),
      ownershipCheck: config.read(OWNERSHIP),
    };
  }

  private startProcessing(thread: RunningThread): void {
    thread.state = 'running';
    thread.worker.postMessage('begin');
  }

  private handleMessage(thread: RunningThread, message: ThreadMessage): void {
    const { log } = this.options;
    switch (message.type) {
      case 'ready':
        thread.handleReady(message);
        if (thread.state === 'restarting') this.threadRestarted(thread);
        break;
      case 'failed':
        log.debug(message.stack);
        this.threadFailed(thread, message.reason);
        break;
      case 'ended':
        thread.handleEnded(message);
        terminateLater(thread.worker);
        break;
      case 'log':
        log[message.level](message.text);
        break;
      case 'warn-once':
        this.warnings.warn(message.text);
        break;
      case 'log-file':
        thread.files[message.number] = message.file;
        break;
    }
  }

  private workerExited(thread: RunningThread, code: number): void {
    if (
      this.failure === undefined &&
      thread.state !== 'failed' &&
      this.control.state(thread.plan.index) !== ENDED
    )
      this.threadFailed(thread, `it exited with code ${code}`);
    if (thread.state === 'failed' && this.failure === undefined && this.control.command === RUN)
      this.restartThread(thread);
    else thread.finish();
  }

  /** A worker signals its end in several ways: those after the first are ignored. */
  private threadFailed(thread: RunningThread, reason: string): void {
    if (thread.state === 'failed') return;
    const text = `thread ${thread.plan.name} failed: ${reason}`;
    if (!this.canRunWithout(thread) || !this.options.threadFailed?.(threadOfGroup(thread), text)) {
      this.failAll(thread, text);
      return;
    }
    thread.state = 'failed';
    void thread.worker.terminate();
  }

  private canRunWithout({ isIndependent, state }: RunningThread): boolean {
    return (
      isIndependent && state !== 'starting' && this.failure === undefined && this.control.command === RUN
    );
  }

  /** If one thread ends, all end: packets would wait for it forever. */
  private failAll(thread: RunningThread, text: string): void {
    if (this.failure === undefined && thread.state !== 'starting') this.options.threadsFailed?.();
    this.failure ??= text;
    this.abort();
    thread.resolveReady();
    // A hanging thread does not react.
    setTimeout(() => {
      for (const { hasEnded, worker } of this.threadsRunning) if (!hasEnded) void worker.terminate();
    }, END_TIMEOUT_MS).unref();
  }

  private restartThread(thread: RunningThread): void {
    this.sinks.drain(this.threadsRunning);
    this.control.setState(thread.plan.index, STARTING);
    thread.state = 'restarting';
    this.startWorker(thread);
  }

  private threadRestarted(thread: RunningThread): void {
    this.options.threadRestarted?.(threadOfGroup(thread));
    this.startProcessing(thread);
    if (thread.startedWith === this.shared) return;
    thread.worker.postMessage({ shared: this.shared });
    // Threads that see a new number check for messages; the others have none.
    thread.generation = this.control.nextGeneration();
    this.wakeAll();
  }

  private drain(): void {
    this.sinks.drain(this.threadsRunning);
    this.statistics.tick(Date.now(), () => this.currentStatistics());
    const now = performance.now();
    if (this.sinks.flush(now, this.threadsRunning) && this.failure === undefined) this.watch(now);
  }

  /** A thread that hangs while packets wait for it has failed. */
  private watch(now: number): void {
    for (const thread of this.threadsRunning) {
      if (this.watchdog.hangs(thread.plan.index, now))
        this.threadFailed(thread, `it has made no progress for ${this.watchdog.limit / 1000} seconds`);
    }
  }

  private finish(): void {
    clearInterval(this.timer);
    if (this.failure === undefined) this.options.threadsEnded?.();
    this.drain();
    this.statistics.writeNow(Date.now(), () => this.currentStatistics());
    this.statistics.close();
    this.sinks.close(this.threadsRunning);
    this.resolveFinished({
      failure: this.failure,
      violations: this.threadsRunning.reduce((sum, thread) => sum + thread.violations, 0),
      threads: this.threads(),
    });
  }

  private currentStatistics(): Omit<Statistics, 'uptimeSeconds'> {
    const threads = new Map(this.threads().map(({ name, counters }) => [name, counters]));
    return { counters: this.counters(), threads, more: this.options.moreStatistics?.() };
  }

  counters(): Map<string, number> {
    const counters = totalCounters(this.threadsRunning.map(thread => thread.counters()));
    for (const [name, value] of this.options.previousCounters ?? [])
      counters.set(name, (counters.get(name) ?? 0) + value);
    if (this.sinks.lost > 0) counters.set(LOST_LINES, (counters.get(LOST_LINES) ?? 0) + this.sinks.lost);
    return counters;
  }

  threads(): readonly ThreadReport[] {
    return this.threadsRunning.map(thread => thread.report());
  }

  stop(): void {
    if (this.control.command === ABORT) return;
    this.control.command = STOP;
    this.wakeAll();
  }

  abort(): void {
    this.control.command = ABORT;
    this.wakeAll();
  }

  private wakeAll(): void {
    for (const { plan } of this.threadsRunning) new Doorbell(this.plan.doorbells, plan.index).ring();
  }

  async reload(given: Readonly<Record<string, unknown>>): Promise<void> {
    const shared = { ...given, [GENERATION]: generationOf(this.shared) + 1 };
    this.shared = shared;
    // A thread being restarted gets them when it is ready.
    for (const { state, worker } of this.threadsRunning)
      if (state === 'running') worker.postMessage({ shared });
    const generation = this.control.nextGeneration();
    this.wakeAll();
    for (const thread of this.threadsRunning) thread.generation = generation;
    // A thread that is not back yet begins with the objects at the time of its start.
    const isBehind = ({ hasEnded, state, plan, generation: wanted }: RunningThread) =>
      !hasEnded && (state !== 'running' || this.control.reloaded(plan.index) < wanted);
    while (this.threadsRunning.some(isBehind)) await new Promise(resolve => setTimeout(resolve, 5));
  }

  rotateLogs(): void {
    this.drain();
    this.sinks.rotate();
  }
}
