/**
 * The contract of a threading module: a stage that packets pass, in a thread that owns them meanwhile.
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
import type { DistantStreams } from './stream/distant-streams.js';
import type { Pace } from './thread/pace.js';

/** Version of this contract. A module made for another one is refused. */
export const MODULE_API = 1;

/** What a module exports by default. */
export interface ModuleDefinition {
  /** MODULE_API of the engine it was made for. */
  readonly api: number;
  /** One sentence: what it does to a packet. */
  readonly summary: string;
  /** `acquire`: makes packets, stands first in its thread. `output`: consumes events. Others: `stage`. */
  readonly kind: 'acquire' | 'stage' | 'output';
  /** Modules that must have handled a packet before, in this thread or upstream. */
  readonly after?: readonly string[];
  /** Modules that must sit in the same thread, because they share objects. */
  readonly together?: readonly string[];
  /** Gives each packet its verdict; a packet passes exactly one such module. */
  readonly judges?: boolean;
  /** Keeps state by conversation: all packets of one must come to the same thread, in order. */
  readonly perFlow?: boolean;
  /**
   * Memory it needs a share of: rows of the flow table, buffers for reassembled streams; `streams`: reads those and may ask
   * for more of them (see `Thread.distantStreams`).
   */
  readonly uses?: readonly ('flow-rows' | 'stream-buffers' | 'streams')[];
  /** Configuration it reads; `suricata-like.yaml` documents each. */
  readonly options?: readonly AnyOption[];
  /** What of the configuration is wrong beyond what its options accept. */
  check?(config: Config): readonly Finding[];
  /**
   * Outputs: kinds of events (EVENT_ and WANTS_ constants of `event.ts`) it consumes with this configuration; all events
   * when absent.
   */
  wants?(config: Config): readonly number[];
  /** Outputs: what they write of the statistics; the manager calls it now and then and at the end. */
  statistics?(config: Config): readonly StatsLog[];
  /**
   * Outputs: writes the log of this name (as given to `Thread.openLog`), where it is not lines of one file; undefined for
   * any other. @param told called with the first error after a time without any
   */
  openLog?(file: string, config: Config, told: (message: string) => void): LogSink | undefined;
  /**
   * Acquire modules of live traffic: opens what all threads share, before any of them starts and while the process
   * still has its privileges. @throws Error that names what cannot be opened
   */
  open?(config: Config, log: Log): OpenedDevices;
  /**
   * Acquire modules: gives a thread the services it needs of the devices. Called in every thread of live traffic,
   * before any `create`. @param modules names of the thread's modules
   */
  serve?(thread: Thread, modules: readonly string[]): void;
  /** Makes the module of one thread: all that it needs is allocated here. */
  create(thread: Thread): ThreadModule | Promise<ThreadModule>;
}

/** What an acquire module has opened for all threads. */
export interface OpenedDevices {
  /** Goes to `Thread.shared`; plain data and shared buffers. */
  readonly shared: Readonly<Record<string, unknown>>;
  /** Threads that can acquire from them at most, each for itself. */
  readonly threads?: number;
  /** Numbers that are no counters, for statistics. */
  statistics?(): Readonly<Record<string, number | string | readonly StatsTree[]>>;
  /** Where the lines of a log go that is none but is for the devices; undefined for any other. */
  openLog?(file: string): LogSink | undefined;
  /** Lines for people at the end of a run. */
  summary?(): readonly string[];
  /**
   * All threads stand for the first time: packets may come. What comes before would wait until then.
   * @throws Error that names what cannot be opened
   */
  threadsReady?(): void;
  /**
   * All threads, or this one of those that acquire, have failed: settles what they left, and goes on in their place
   * until `threadsAreBack`.
   */
  threadsFailed?(thread?: ThreadOfGroup): void;
  threadsAreBack?(thread?: ThreadOfGroup): void;
  /** The run is over and all threads have ended in order: nobody inspects what comes now. */
  threadsEnded?(): void;
  close(): void;
}

/** A module at work in one thread. */
export interface ThreadModule {
  /**
   * Handles the batch in place. An acquire module finds it empty and fills it; leaving it empty means that
   * nothing is there now.
   */
  process(batch: Batch): void;
  /** Nothing came for a while, or now and then under load: do what time demands. May add packets. */
  flush?(batch: Batch): void;
  /** No packet will come any more: give out everything that is held. May add packets. */
  end?(batch: Batch): void;
  /** New shared objects are there (signatures were reloaded). Called between two batches. */
  reload?(shared: Readonly<Record<string, unknown>>): void;
  /** What comes from here on has nothing to do with what came before: another capture (`pcap-file.separate`). */
  beginPart?(): void;
  /** Acquire modules: true when there will be no more packets. */
  readonly finished?: boolean;
  /** Acquire modules: the last `process` found nothing although it waited, so the thread need not rest. */
  readonly waited?: boolean;
  /** Frees what is not memory: files, sockets, native handles. */
  close?(): void;
}

/** What a module gets to work with: its thread. */
export interface Thread {
  /** `worker-2`; the group is `worker`, the index 1 of count. */
  readonly name: string;
  readonly group: string;
  readonly index: number;
  readonly count: number;
  /** Names of its modules, in order. */
  readonly moduleNames?: readonly string[];
  readonly memory: Memory;
  /** The pool of the packets that this thread makes. */
  readonly pool: Pool;
  readonly flows: FlowRows;
  /** Range of flow rows this thread may give out. */
  readonly flowRange: { readonly first: number; readonly count: number };
  /** Bytes of `Memory.bytes` for this thread's stream buffers, and for its short-lived work within a batch. */
  readonly streamRange: ByteRange;
  readonly scratch: ByteRange;
  readonly config: Config;
  readonly counters: Counters;
  readonly log: Log;
  /** Random number of this run, the same in all threads: seeds hashes. */
  readonly seed: number;
  /** What was prepared once for all threads (compiled signatures, protocol tables), by name. */
  readonly shared: Readonly<Record<string, unknown>>;
  /** Objects that modules of the same thread share, by contract name (see `together`). */
  readonly services: Map<string, unknown>;
  /** Lines for a log file; written by another thread. The file is opened by the first to ask. */
  openLog(file: string): LogWriter;
  /**
   * Called by an acquire module: packets from here on are of this part of the input (a capture), counted from 0, and have
   * nothing to do with those before. Threads that read parts side by side have their lines written in the order of the parts.
   */
  beginPart?(part: number): void;
  /** The part that packets are of now; what all threads share is kept for each part by itself. */
  readonly inputPart?: number;
  /**
   * Hands `batch` to the modules behind the caller at once, and empties it. For a module that would hold more
   * packets than the pool has: afterwards their slots are free again (or on their way home).
   */
  passOn(batch: Batch): void;
  /** The packet is done here: no module behind the caller sees it. */
  letGo?(slot: number): void;
  /** For a group of threads that read the same packets: how far they are. */
  readonly pace?: Pace;
  /** True when some output consumes events of this kind (EVENT_ and WANTS_ constants of `event.ts`). */
  wants(eventKind: number): boolean;
  /** There when streams are read in other threads than they are reassembled in. */
  readonly distantStreams?: DistantStreams | undefined;
  /**
   * Rests until another thread has made `ready` true. What was handed on before has gone its way.
   * @returns false when it did not within `milliseconds`, or the run is being broken off
   */
  waitUntil?(ready: () => boolean, milliseconds: number): boolean;
  /**
   * Waits a little for slots and blocks of this thread's pool that threads behind it have: for a module that needs more
   * within one batch than the pool has left.
   * @returns whether some have come home
   */
  awaitHome?(): boolean;
  /** Tells the user something once, whatever the number of threads and packets. */
  warnOnce(message: string): void;
}

/** One of the threads of a group. */
export type ThreadOfGroup = Pick<Thread, 'name' | 'index' | 'count'>;

/** Bytes of `Memory.bytes`. */
export interface ByteRange {
  readonly first: number;
  readonly byteLength: number;
}

/** Numbers that the statistics show; summed over threads unless named otherwise. */
export interface Counters {
  /** Declares a counter and returns its index in `values`. `sum` adds up over threads, `max` takes the highest. */
  declare(name: string, kind?: 'sum' | 'max'): number;
  /** Added to in place: `values[index]++`. */
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

/** A log file as a thread writes it. */
export interface LogWriter {
  /** Appends `bytes[start, end)`, whole lines. Never blocks longer than the configured policy says. */
  write(bytes: Uint8Array, start: number, end: number): void;
}

/** Names a module definition; gives its type to the compiler and nothing else. */
export function defineModule(definition: Omit<ModuleDefinition, 'api'>): ModuleDefinition {
  return { api: MODULE_API, ...definition };
}
