/**
 * Threads that run: what a run gives them, and what it can tell them meanwhile. `manager/start.ts` starts them.
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
  /** What threads before these have counted: counters go on from there. */
  readonly earlier?: ReadonlyMap<string, number>;
  /** All threads stand, and no packet was asked for yet. @throws Error why the run cannot be */
  threadsReady?(): void;
  /**
   * A thread that others do not need has failed (live traffic). @returns true when it is to be started anew: until
   * `threadIsBack` is told of it, whoever opened the devices stands in for it
   */
  threadFailed?(thread: ThreadOfGroup, reason: string): boolean;
  threadIsBack?(thread: ThreadOfGroup): void;
  /** All threads are about to end, because one has failed that others need. */
  threadsFailed?(): void;
  /** All threads have ended in order; what they logged is still to be written. */
  threadsEnded?(): void;
  /** Opens a log file by the name an output gave it. */
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
