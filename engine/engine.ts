/**
 * The running threads: what they are started with, and how they are controlled meanwhile. `manager/start.ts` starts
 * them.
 */
import type { Config } from './config/config.js';
import type { LogSink } from './log-sink.js';
import type { Log, ThreadOfGroup } from './module.js';
import type { Profile } from './profile/profile.js';
import type { Statistics, StatsLog } from './stats-record.js';
import type { Plan } from './thread/plan.js';

export interface EngineOptions {
  readonly config: Config;
  readonly profile: Profile;
  /** Module that `input` refers to, and those that `outputs` refers to. */
  readonly input: string;
  readonly outputs: readonly string[];
  /** Objects prepared once for all threads: `Thread.shared`. */
  readonly shared: Readonly<Record<string, unknown>>;
  /** Bit for each event kind (EVENT_ constants) that an output consumes. */
  readonly wantedEvents: number;
  /** Packets come from live traffic, not from files. */
  readonly live: boolean;
  /** Folder that paths and packages in the profile are resolved from. */
  readonly from: string;
  /** Threads for `count: auto`; the number of cores by default. */
  readonly autoThreads?: number;
  /** Seed of all hashes; random by default. */
  readonly seed?: number;
  readonly log: Log;
  /** How outputs write statistics, and values other than counters. */
  readonly statistics?: readonly StatsLog[];
  readonly moreStatistics?: () => Statistics['more'];
  /** Counters of earlier threads, from which counting continues. */
  readonly previousCounters?: ReadonlyMap<string, number>;
  /** All threads are ready, and no packet was requested yet. @throws Error if the run cannot start */
  threadsReady?(): void;
  /**
   * A thread that others do not depend on failed (live traffic). @returns true if it is to be restarted: until
   * `threadRestarted`, the module that opened the devices takes its place
   */
  threadFailed?(thread: ThreadOfGroup, reason: string): boolean;
  threadRestarted?(thread: ThreadOfGroup): void;
  /** All threads are about to end, because a thread failed that others depend on. */
  threadsFailed?(): void;
  /** All threads ended normally; their log lines are still to be written. */
  threadsEnded?(): void;
  /** Opens a log file by the name given by an output. */
  openLog(file: string): LogSink;
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
  /** Packets processed by a thread that did not own them (with `threading.ownership-check`). */
  readonly violations: number;
  readonly threads: readonly ThreadReport[];
}

/** The running threads. */
export interface Engine {
  readonly plan: Plan;
  /** Resolves when all threads have ended and all lines are written. */
  readonly finished: Promise<EngineResult>;
  /** Counters added up over threads. */
  counters(): Map<string, number>;
  threads(): readonly ThreadReport[];
  /** Stops acquiring packets; those in flight are finished. */
  stop(): void;
  /** Ends immediately; packets in flight get no verdict. */
  abort(): void;
  /** Gives every thread new shared objects between two batches; resolves when all threads use them. */
  reload(shared: Readonly<Record<string, unknown>>): Promise<void>;
  rotateLogs(): void;
}
