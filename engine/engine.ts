/**
 * The manager: makes the plan, starts the threads, writes what they log, adds up what they count, and stops them.
 * It handles no packet.
 */
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { compiled } from './compiled.js';
import type { Config } from './config/config.js';
import { boolean, integer, option, size } from './config/option.js';
import type { Log, ModuleDefinition } from './module.js';
import { checkProfile } from './profile/check.js';
import { type Profile, ProfileError } from './profile/profile.js';
import { Doorbell } from './queue/doorbell.js';
import type { QueueHandler } from './queue/handler.js';
import { StatisticsWriter, statisticsOptions } from './statistics.js';
import type { Statistics, StatsLog } from './stats-record.js';
import { ABORT, Control, ENDED, RUNNING, STOP } from './thread/control.js';
import { type CounterView, totalCounters } from './thread/counters.js';
import { loadHandler, loadModule } from './thread/load-module.js';
import { LogRing } from './thread/log-ring.js';
import type { ThreadMessage, ThreadStart } from './thread/messages.js';
import { makePlan, type Plan, type ThreadPlan } from './thread/plan.js';

const PACKETS = option(
  'threading.pool-packets',
  integer(512, 1 << 20),
  8192,
  'packets in flight for each thread that makes packets',
);
const POOL_BYTES = option(
  'threading.pool-memory',
  size,
  32 * 2 ** 20,
  'memory for the bytes of those packets',
);
const BLOCK = option(
  'threading.block-size',
  size,
  2 ** 20,
  'size of the blocks that memory is cut into and captures are read in',
);
const SCRATCH = option(
  'threading.scratch-memory',
  size,
  8 * 2 ** 20,
  'memory of a thread for its work on one batch',
);
const BATCH = option('threading.batch-size', integer(1, 4096), 256, 'packets a thread works on at once');
const OWNERSHIP = option(
  'threading.ownership-check',
  boolean,
  false,
  'check at every hand-over that a packet has one owner',
);
const WATCHDOG = option(
  'threading.watchdog',
  integer(0, 3600),
  10,
  'seconds after which a thread that does not go on has failed, with live traffic; 0: never',
);
const LOG_MEMORY = option(
  'outputs-buffer',
  size,
  4 * 2 ** 20,
  'memory for lines on their way from a thread to the files',
);
const STREAM_MEMCAP = option(
  'stream.reassembly.memcap',
  size,
  256 * 2 ** 20,
  'memory for reassembled streams',
);
const FLOW_MEMCAP = option('flow.memcap', size, 128 * 2 ** 20, 'memory for flow records');

export const ENGINE_OPTIONS = [
  ...[PACKETS, POOL_BYTES, BLOCK, SCRATCH, BATCH, OWNERSHIP, WATCHDOG, LOG_MEMORY],
  ...statisticsOptions,
];

/** Bytes that a flow takes in all: its record, hash entry and what stream and detection keep of it. */
const FLOW_BYTES = 320;

export interface EngineOptions {
  readonly config: Config;
  readonly profile: Profile;
  /** Module that `input` stands for, and those that `outputs` stands for. */
  readonly input: string;
  readonly outputs: readonly string[];
  /** Objects prepared once for all threads: `Thread.shared`. */
  readonly shared: Readonly<Record<string, unknown>>;
  /** Bit for each event kind (EVENT_ constants) that an output consumes. */
  readonly wantedEvents: number;
  /** Packets come from a wire, not from files. */
  readonly live: boolean;
  /** Folder that paths and packages in the profile are looked up from. */
  readonly from: string;
  /** Threads for `count: auto`; the cores by default. */
  readonly autoThreads?: number;
  /** Seed of all hashes; random by default. */
  readonly seed?: number;
  readonly log: Log;
  /** How outputs write statistics, and what these tell beside counters. */
  readonly statistics?: readonly StatsLog[];
  readonly moreStatistics?: () => Statistics['more'];
  /** Opens a log file by the name an output gave it. */
  openLog(file: string): LogSink;
}

/** Where lines of one log file go. */
export interface LogSink {
  write(bytes: Uint8Array): void;
  /** Brings to the disk what is buffered. */
  flush(): void;
  rotate(): void;
  close(): void;
}

export interface ThreadReport {
  readonly name: string;
  readonly modules: readonly string[];
  readonly cpuSeconds: number;
  readonly systemThreadId: number;
  readonly counters: ReadonlyMap<string, number>;
}

export interface EngineResult {
  /** The first thread that failed, and why. */
  readonly failure: string | undefined;
  /** Packets that were handled by a thread that did not own them (with `threading.ownership-check`). */
  readonly violations: number;
  readonly threads: readonly ThreadReport[];
}

/** Threads that run. */
export interface Engine {
  readonly plan: Plan;
  /** Resolves when all threads have ended and all lines are written. */
  readonly finished: Promise<EngineResult>;
  /** Counters added up over threads. */
  counters(): Map<string, number>;
  threads(): readonly ThreadReport[];
  /** Takes no more packets; those in flight are finished. */
  stop(): void;
  /** Ends at once; packets in flight get no verdict. */
  abort(): void;
  /** Gives every thread new shared objects between two batches; resolves when all work with them. */
  reload(shared: Readonly<Record<string, unknown>>): Promise<void>;
  rotateLogs(): void;
}

/** The modules and handlers of a profile, loaded by name. */
export interface LoadedProfile {
  readonly profile: Profile;
  readonly modules: ReadonlyMap<string, ModuleDefinition>;
  readonly handlers: ReadonlyMap<string, QueueHandler>;
}

/**
 * Puts real names for `input` and `outputs`, loads all modules and handlers, and checks the profile.
 * @throws ProfileError or Error naming what is wrong
 */
export async function loadProfile(
  profile: Profile,
  input: string,
  outputs: readonly string[],
  from: string,
): Promise<LoadedProfile> {
  const named: Profile = {
    ...profile,
    threads: profile.threads.map(group => ({
      ...group,
      modules: group.modules.flatMap(name =>
        name === 'input' ? [input] : name === 'outputs' ? outputs : [name],
      ),
    })),
  };
  const modules = new Map<string, ModuleDefinition>();
  const handlers = new Map<string, QueueHandler>();
  for (const group of named.threads) {
    for (const name of group.modules)
      if (!modules.has(name)) modules.set(name, await inProfile(named, group.name, loadModule(name, from)));
    if (group.to !== undefined)
      handlers.set(group.handler, await inProfile(named, group.name, loadHandler(group.handler, from)));
  }
  checkProfile(named, { module: name => modules.get(name)!, handler: name => handlers.get(name)! });
  return { profile: named, modules, handlers };
}

async function inProfile<T>(profile: Profile, group: string, loading: Promise<T>): Promise<T> {
  try {
    return await loading;
  } catch (error) {
    throw new ProfileError(`profile ${profile.name}, thread ${group}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/**
 * Starts the threads of a profile.
 * @throws ProfileError before any thread starts when the profile cannot work; Error when a module's start fails
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { profile, modules } = await loadProfile(
    options.profile,
    options.input,
    options.outputs,
    options.from,
  );
  const { config } = options;
  const plan = makePlan(
    profile,
    {
      poolSlots: config.read(PACKETS),
      poolBytes: config.read(POOL_BYTES),
      blockSize: config.read(BLOCK),
      flows: Math.floor(config.read(FLOW_MEMCAP) / FLOW_BYTES),
      streamBytes: Math.min(config.read(STREAM_MEMCAP), 2 ** 30),
      scratchBytes: config.read(SCRATCH),
      logBytes: config.read(LOG_MEMORY),
    },
    options.autoThreads ?? availableParallelism(),
    name => modules.get(name)?.uses ?? [],
  );
  const manager = new Manager(options, plan);
  await manager.start();
  return manager;
}

/** How often lines are fetched from the threads. */
const DRAIN_MS = 5;
const OUTPUT_FLUSH_MS = 1000;
/** How long threads have to end when one has failed. */
const LAST_WORDS_MS = 1000;

class Manager implements Engine {
  readonly finished: Promise<EngineResult>;
  private readonly control: Control;
  private readonly running: RunningThread[] = [];
  private readonly sinks = new Map<string, LogSink>();
  private readonly warned = new Set<string>();
  private failure: string | undefined;
  private resolveFinished!: (result: EngineResult) => void;
  private timer: NodeJS.Timeout | undefined;
  private flushedAt = 0;
  private readonly statistics: StatisticsWriter;

  constructor(
    private readonly options: EngineOptions,
    readonly plan: Plan,
  ) {
    this.control = new Control(plan.control);
    const write = (file: string, lines: Uint8Array) => this.sink(file).write(lines);
    this.statistics = new StatisticsWriter(options.config, options.statistics ?? [], write, Date.now());
    this.finished = new Promise(resolve => {
      this.resolveFinished = resolve;
    });
  }

  /** Starts every thread, waits until all stand, and lets the packets flow. */
  async start(): Promise<void> {
    const seed = this.options.seed ?? randomInt(2 ** 31);
    for (const thread of this.plan.threads) this.running.push(this.startThread(thread, seed));
    await Promise.all(this.running.map(thread => thread.ready));
    if (this.failure !== undefined) {
      await this.terminate();
      throw new Error(this.failure);
    }
    this.timer = setInterval(() => this.drain(), DRAIN_MS);
    for (const { worker } of this.running) worker.postMessage('begin');
    void Promise.all(this.running.map(thread => thread.ended)).then(() => this.finish());
  }

  private startThread(thread: ThreadPlan, seed: number): RunningThread {
    const { options, plan } = this;
    const { config } = options;
    const start: ThreadStart = {
      plan,
      me: thread.index,
      config: config.tree,
      shared: options.shared,
      seed,
      from: options.from,
      batchSize: config.read(BATCH),
      live: options.live,
      input: options.input,
      ownershipCheck: config.read(OWNERSHIP),
      wantedEvents: options.wantedEvents,
    };
    const worker = new Worker(compiled('engine/thread/worker.js'), { workerData: start, name: thread.name });
    const running = new RunningThread(thread, worker);
    worker.on('message', (message: ThreadMessage) => this.hear(running, message));
    worker.on('error', error => this.threadFailed(running, error.message));
    worker.on('exit', code => {
      if (this.failure === undefined && this.control.state(thread.index) !== ENDED)
        this.threadFailed(running, `it exited with code ${code}`);
      running.exited();
    });
    return running;
  }

  private hear(thread: RunningThread, message: ThreadMessage): void {
    switch (message.type) {
      case 'ready':
        thread.counterNames = message.counters.names;
        thread.counterKinds = message.counters.kinds;
        thread.systemThreadId = message.threadId;
        thread.isReady();
        break;
      case 'failed':
        this.options.log.debug(message.stack);
        this.threadFailed(thread, message.reason);
        break;
      case 'ended':
        thread.violations = message.violations;
        thread.cpuSeconds = message.cpuSeconds;
        break;
      case 'log':
        this.options.log[message.level](message.text);
        break;
      case 'warn-once':
        if (!this.warned.has(message.text)) this.options.log.warning(message.text);
        this.warned.add(message.text);
        break;
      case 'log-file':
        thread.files[message.number] = message.file;
        break;
    }
  }

  /** One thread's end is everyone's: packets would wait for it for ever. */
  private threadFailed(thread: RunningThread, reason: string): void {
    this.failure ??= `thread ${thread.plan.name} failed: ${reason}`;
    this.abort();
    thread.isReady();
    // A thread that hangs does not hear of it.
    setTimeout(() => {
      for (const { hasEnded, worker } of this.running) if (!hasEnded) void worker.terminate();
    }, LAST_WORDS_MS).unref();
  }

  /** A thread that hangs while packets wait for it has failed. */
  private watch(): void {
    const limit = this.options.config.read(WATCHDOG) * 1000;
    if (!this.options.live || limit === 0 || this.failure !== undefined) return;
    const now = performance.now();
    for (const thread of this.running) {
      const turns = this.control.turns(thread.plan.index);
      if (turns !== thread.turns || this.control.state(thread.plan.index) !== RUNNING) {
        thread.turns = turns;
        thread.turnedAt = now;
      } else if (now - thread.turnedAt > limit) {
        this.threadFailed(thread, `it has not gone on for ${limit / 1000} seconds`);
      }
    }
  }

  private drain(): void {
    for (const thread of this.running) {
      thread.logRing.drain((number, bytes) => {
        const file = thread.files[number];
        if (file !== undefined) this.sink(file).write(bytes);
      });
    }
    this.statistics.tick(Date.now(), () => this.statisticsNow());
    const now = performance.now();
    if (now - this.flushedAt < OUTPUT_FLUSH_MS) return;
    this.flushedAt = now;
    for (const sink of this.sinks.values()) sink.flush();
    this.watch();
  }

  private sink(file: string): LogSink {
    let sink = this.sinks.get(file);
    if (!sink) {
      sink = this.options.openLog(file);
      this.sinks.set(file, sink);
    }
    return sink;
  }

  private async finish(): Promise<void> {
    clearInterval(this.timer);
    this.drain();
    this.statistics.tell(Date.now(), () => this.statisticsNow());
    // A file that was opened but never written to exists all the same.
    for (const thread of this.running)
      for (const file of thread.files) if (file !== undefined) this.sink(file);
    for (const sink of this.sinks.values()) sink.close();
    this.resolveFinished({
      failure: this.failure,
      violations: this.running.reduce((sum, thread) => sum + thread.violations, 0),
      threads: this.threads(),
    });
  }

  private async terminate(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.running.map(({ worker }) => worker.terminate()));
  }

  private statisticsNow(): Omit<Statistics, 'uptimeSeconds'> {
    const threads = new Map(this.threads().map(({ name, counters }) => [name, counters]));
    return { counters: this.counters(), threads, more: this.options.moreStatistics?.() };
  }

  counters(): Map<string, number> {
    return totalCounters(this.running.map(thread => thread.counters()));
  }

  threads(): readonly ThreadReport[] {
    return this.running.map(thread => thread.report());
  }

  stop(): void {
    if (this.control.command === ABORT) return;
    this.control.command = STOP;
    this.ringAll();
  }

  abort(): void {
    this.control.command = ABORT;
    this.ringAll();
  }

  private ringAll(): void {
    for (const { plan } of this.running) new Doorbell(this.plan.doorbells, plan.index).ring();
  }

  async reload(shared: Readonly<Record<string, unknown>>): Promise<void> {
    for (const { worker } of this.running) worker.postMessage({ shared });
    const generation = this.control.nextGeneration();
    this.ringAll();
    const behind = () =>
      this.running.some(
        thread => !thread.hasEnded && this.control.reloaded(thread.plan.index) !== generation,
      );
    while (behind()) await new Promise(resolve => setTimeout(resolve, 5));
  }

  rotateLogs(): void {
    this.drain();
    for (const sink of this.sinks.values()) sink.rotate();
  }
}

/** A thread as the manager knows it. */
class RunningThread {
  readonly ready: Promise<void>;
  readonly ended: Promise<void>;
  readonly logRing: LogRing;
  readonly files: (string | undefined)[] = [];
  counterNames: readonly string[] = [];
  counterKinds: CounterView['kinds'] = [];
  systemThreadId = 0;
  violations = 0;
  cpuSeconds = 0;
  hasEnded = false;
  /** Turns of its loop as last seen, and when they changed. */
  turns = -1;
  turnedAt = 0;
  isReady!: () => void;
  private isEnded!: () => void;
  private readonly values: Float64Array;

  constructor(
    readonly plan: ThreadPlan,
    readonly worker: Worker,
  ) {
    this.logRing = new LogRing(plan.logRing);
    this.values = new Float64Array(plan.counters);
    this.ready = new Promise(resolve => {
      this.isReady = resolve;
    });
    this.ended = new Promise(resolve => {
      this.isEnded = resolve;
    });
  }

  exited(): void {
    this.hasEnded = true;
    this.isReady();
    this.isEnded();
  }

  counters(): CounterView {
    return { names: this.counterNames, kinds: this.counterKinds, values: this.values };
  }

  report(): ThreadReport {
    return {
      name: this.plan.name,
      modules: this.plan.modules,
      cpuSeconds: this.cpuSeconds,
      systemThreadId: this.systemThreadId,
      counters: totalCounters([this.counters()]),
    };
  }
}
