/**
 * The API of a threading module: a stage that packets pass through, in a thread that owns them while it processes them.
 *
 * A module is one file of `modules/` (or of a package, or a path) whose default export is a `ModuleDefinition`.
 * Everything it needs is allocated in `create`; `process` allocates nothing per packet.
 */
import type { Batch } from './batch.js';
import type { Config } from './config/config.js';
import type { Finding } from './config/declared.js';
import type { AnyOption } from './config/option.js';
import type { FlowRows } from './flow/flow-record.js';
import type { LogSink } from './log-sink.js';
import type { Memory } from './memory.js';
import type { Pool } from './pool.js';
import type { StatsLog, StatsTree } from './stats-record.js';
import type { RemoteStreams } from './stream/remote-streams.js';
import type { Pace } from './thread/pace.js';

/** Version of this API. A module made for another version is rejected. */
export const MODULE_API = 1;

/** The default export of a module. */
export interface ModuleDefinition {
  /** MODULE_API of the engine that it was made for. */
  readonly api: number;
  /** One sentence: what it does to a packet. */
  readonly summary: string;
  /** `acquire`: produces packets, must be first in its thread. `output`: consumes events. All others: `stage`. */
  readonly kind: 'acquire' | 'stage' | 'output';
  /** Modules that must have processed a packet before, in this thread or upstream. */
  readonly after?: readonly string[];
  /** Modules that must run in the same thread, because they share objects. */
  readonly together?: readonly string[];
  /** Sets the verdict of each packet; a packet passes exactly one such module. */
  readonly judges?: boolean;
  /** Keeps state per flow: all packets of a flow must come to the same thread, in order. */
  readonly perFlow?: boolean;
  /**
   * Shared memory that it uses: rows of the flow table, buffers for reassembled streams. `streams`: it reads reassembled
   * streams and may request more of them (see `Thread.remoteStreams`).
   */
  readonly uses?: readonly ('flow-rows' | 'stream-buffers' | 'streams')[];
  /** Options that it reads; `suricata-like.yaml` documents each. */
  readonly options?: readonly AnyOption[];
  /** Reports errors in the configuration that its options do not detect by themselves. */
  check?(config: Config): readonly Finding[];
  /**
   * Outputs: kinds of events (EVENT_ and WANTS_ constants of `event.ts`) that it consumes with this configuration;
   * default: all events.
   */
  wants?(config: Config): readonly number[];
  /** Outputs: the statistics logs that they write; the manager calls these periodically and at the end. */
  statistics?(config: Config): readonly StatsLog[];
  /**
   * Outputs: opens the log of this name (as given to `Thread.openLog`) if it is not a plain file of lines; undefined for
   * any other log. @param report called with the first error after a period without errors
   */
  openLog?(file: string, config: Config, report: (message: string) => void): LogSink | undefined;
  /**
   * Acquire modules of live traffic: opens the devices that all threads share, before any thread starts and while the
   * process still has its privileges. @throws Error naming what cannot be opened
   */
  open?(config: Config, log: Log): OpenedDevices;
  /**
   * Acquire modules: provides a thread with the services of the devices. Called in every thread of live traffic, before
   * any `create`. @param modules names of the thread's modules
   */
  provideServices?(thread: Thread, modules: readonly string[]): void;
  /** Creates the module of one thread; everything that it needs is allocated here. */
  create(thread: Thread): ThreadModule | Promise<ThreadModule>;
}

/** Resources that an acquire module opened for all threads. */
export interface OpenedDevices {
  /** Copied to `Thread.shared`; plain data and shared buffers. */
  readonly shared: Readonly<Record<string, unknown>>;
  /** Maximum number of threads that can acquire from them independently. */
  readonly threads?: number;
  /** Values for the statistics that are not counters. */
  statistics?(): Readonly<Record<string, number | string | readonly StatsTree[]>>;
  /** Sink of a log that is handled by the devices instead of a file; undefined for any other. */
  openLog?(file: string): LogSink | undefined;
  /** Human-readable lines for the end of a run. */
  summary?(): readonly string[];
  /**
   * All threads are ready for the first time: packets may arrive. Packets that arrive earlier would wait until then.
   * @throws Error that names what cannot be opened
   */
  threadsReady?(): void;
  /**
   * All threads, or this acquiring thread, have failed: gives verdicts to the packets they left, and takes their place
   * until `threadsRestarted`.
   */
  threadsFailed?(thread?: ThreadOfGroup): void;
  threadsRestarted?(thread?: ThreadOfGroup): void;
  /** The run is over and all threads have ended normally: packets that arrive now are not inspected. */
  threadsEnded?(): void;
  close(): void;
}

/** A module instance running in one thread. */
export interface ThreadModule {
  /**
   * Processes the batch in place. An acquire module gets an empty batch and fills it; leaving it empty means that no
   * packets are available now.
   */
  process(batch: Batch): void;
  /** Called after a period without packets, and periodically under load, for timeouts. May add packets. */
  flush?(batch: Batch): void;
  /** No more packets will arrive: release everything that is held. May add packets. */
  end?(batch: Batch): void;
  /** Shared objects were replaced (signatures were reloaded). Called between two batches. */
  reload?(shared: Readonly<Record<string, unknown>>): void;
  /** All further packets are unrelated to earlier ones: another capture starts (`pcap-file.separate`). */
  beginPart?(): void;
  /** Acquire modules: true if there will be no more packets. */
  readonly finished?: boolean;
  /** Acquire modules: the last `process` waited without receiving packets, so the thread need not sleep. */
  readonly waited?: boolean;
  /** Releases resources other than memory: files, sockets, native handles. */
  close?(): void;
}

/** The thread of a module, with everything a module works with. */
export interface Thread {
  /** `worker-2`; the group is `worker`, the index 1 of `count`. */
  readonly name: string;
  readonly group: string;
  readonly index: number;
  readonly count: number;
  /** Names of its modules, in order. */
  readonly moduleNames?: readonly string[];
  readonly memory: Memory;
  /** The pool of the packets that this thread creates. */
  readonly pool: Pool;
  readonly flows: FlowRows;
  /** Range of flow rows that this thread may allocate. */
  readonly flowRange: { readonly first: number; readonly count: number };
  /** Bytes of `Memory.bytes` for this thread's stream buffers, and for temporary data within a batch. */
  readonly streamRange: ByteRange;
  readonly scratch: ByteRange;
  readonly config: Config;
  readonly counters: Counters;
  readonly log: Log;
  /** Random number of this run, the same in all threads: the seed for hashes. */
  readonly seed: number;
  /** Objects prepared once for all threads (compiled signatures, protocol tables), by name. */
  readonly shared: Readonly<Record<string, unknown>>;
  /** Objects that modules of the same thread share, by name (see `together`). */
  readonly services: Map<string, unknown>;
  /** Returns a writer for a log file; another thread writes the file, and opens it at the first request. */
  openLog(file: string): LogWriter;
  /**
   * Called by an acquire module: all further packets belong to this part of the input (a capture), counted from 0, and
   * are unrelated to earlier ones. If threads read parts in parallel, their log lines are written in the order of the
   * parts.
   */
  beginPart?(part: number): void;
  /** The current part of the input; state that all threads share is kept separately for each part. */
  readonly inputPart?: number;
  /**
   * Passes `batch` to the modules after the caller at once, and empties it. For a module that would otherwise hold more
   * packets than the pool has: afterwards their slots are free again (or on their way back to the pool).
   */
  forward(batch: Batch): void;
  /** Processing of the packet ends here: no module after the caller sees it. */
  releasePacket?(slot: number): void;
  /** For a group of threads that read the same packets: the progress of each. */
  readonly pace?: Pace;
  /** True if an output consumes events of this kind (EVENT_ and WANTS_ constants of `event.ts`). */
  wants(eventKind: number): boolean;
  /** Defined if streams are read in other threads than those that reassemble them. */
  readonly remoteStreams?: RemoteStreams | undefined;
  /**
   * Sleeps until another thread has made `ready` true. Packets passed on before have been sent.
   * @returns false if this did not happen within `milliseconds`, or the run is being aborted
   */
  waitUntil?(ready: () => boolean, milliseconds: number): boolean;
  /**
   * Waits briefly for slots and blocks of this thread's pool that downstream threads hold: for a module that needs more
   * within one batch than the pool has left.
   * @returns whether any were returned
   */
  waitForReturns?(): boolean;
  /** Logs a warning once, regardless of the number of threads and packets. */
  warnOnce(message: string): void;
}

/** One of the threads of a group. */
export type ThreadOfGroup = Pick<Thread, 'name' | 'index' | 'count'>;

/** A range of `Memory.bytes`. */
export interface ByteRange {
  readonly first: number;
  readonly byteLength: number;
}

/** Counters of the statistics; summed over all threads unless declared otherwise. */
export interface Counters {
  /** Declares a counter and returns its index in `values`. `sum` adds up over threads, `max` takes the highest. */
  declare(name: string, kind?: 'sum' | 'max'): number;
  /** Incremented in place: `values[index]++`. */
  readonly values: Float64Array;
}

/** The engine's own log, by severity. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  notice(message: string): void;
  warning(message: string): void;
  error(message: string): void;
}

/** A log file, as seen by a thread that writes to it. */
export interface LogWriter {
  /** Appends the whole lines in `bytes[start, end)`. Never blocks longer than the configured policy allows. */
  write(bytes: Uint8Array, start: number, end: number): void;
}

/** Defines a module: checks its type and adds the version of the API. */
export function defineModule(definition: Omit<ModuleDefinition, 'api'>): ModuleDefinition {
  return { api: MODULE_API, ...definition };
}
