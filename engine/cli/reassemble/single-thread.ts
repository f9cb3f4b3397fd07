/**
 * Runs modules on a capture in the calling thread, without queues: for commands that read a capture once and need the
 * modules' results as objects.
 */
import { Batch } from '../../batch.js';
import type { Config } from '../../config/config.js';
import { INTS as FLOW_INTS, type FlowRows, flowRows } from '../../flow/flow-record.js';
import { allocateMemory, type Memory, openMemory } from '../../memory.js';
import type { ByteRange, Log, LogWriter, ModuleDefinition, Thread, ThreadModule } from '../../module.js';
import { Pool } from '../../pool.js';
import { ThreadCounters } from '../../thread/counters.js';
import { Returns } from '../../thread/returns.js';

/** Sizes of memory; untouched pages cost nothing. */
const SLOTS = 8192;
const POOL_BYTES = 64 * 2 ** 20;
const BLOCK_SIZE = 2 ** 20;
const STREAM_BYTES = 512 * 2 ** 20;
const SCRATCH_BYTES = 8 * 2 ** 20;
const FLOWS = 2 ** 17;

export interface RunOptions {
  readonly config: Config;
  readonly log: Log;
  /** Maximum number of packets passed to the modules together; as many as are read at once when absent. */
  readonly batchSize?: number;
  /** Data prepared for the modules: see `Thread.shared`. */
  readonly shared?: Readonly<Record<string, unknown>>;
  /** Kinds of events that the modules emit; none when absent. */
  readonly wants?: readonly number[];
}

/**
 * Passes packets from the first module, which acquires them, through the others, until the input ends.
 * @param observer sees each batch after all modules, before its packets' memory is reused
 */
export async function runModules(
  definitions: readonly ModuleDefinition[],
  options: RunOptions,
  observer: (thread: Thread) => ThreadModule,
): Promise<SingleThread> {
  const thread = new SingleThread(options);
  for (const definition of definitions) thread.modules.push(await definition.create(thread));
  thread.modules.push(observer(thread));
  thread.run();
  return thread;
}

class SingleThread implements Thread {
  readonly name = 'main';
  readonly group = 'main';
  readonly index = 0;
  readonly count = 1;
  readonly memory: Memory;
  readonly pool: Pool;
  readonly flows: FlowRows = flowRows(new SharedArrayBuffer(FLOWS * FLOW_INTS * 4));
  readonly flowRange = { first: 0, count: FLOWS };
  readonly streamRange: ByteRange = { first: POOL_BYTES, byteLength: STREAM_BYTES };
  readonly scratch: ByteRange = { first: POOL_BYTES + STREAM_BYTES, byteLength: SCRATCH_BYTES };
  readonly counters = new ThreadCounters(ThreadCounters.allocate());
  readonly config: Config;
  readonly log: Log;
  readonly seed = 1;
  readonly shared: Readonly<Record<string, unknown>>;
  readonly services = new Map<string, unknown>();
  readonly modules: ThreadModule[] = [];
  private readonly batch = new Batch();
  private readonly part = new Batch();
  private readonly returns: Returns;
  private readonly warned = new Set<string>();
  private readonly batchSize: number;
  private readonly wanted: readonly number[];
  /** The running module: `forward` continues with the next one. */
  private running = 0;

  constructor(options: RunOptions) {
    this.config = options.config;
    this.log = options.log;
    this.batchSize = options.batchSize ?? Number.POSITIVE_INFINITY;
    this.shared = options.shared ?? {};
    this.wanted = options.wants ?? [];
    this.memory = openMemory(allocateMemory(SLOTS, POOL_BYTES + STREAM_BYTES + SCRATCH_BYTES));
    this.pool = new Pool(this.memory, {
      index: 0,
      firstSlot: 0,
      slots: SLOTS,
      firstByte: 0,
      byteLength: POOL_BYTES,
      blockSize: BLOCK_SIZE,
    });
    this.returns = new Returns(this.memory, this.pool, [undefined], []);
  }

  run(): void {
    const { batch, modules } = this;
    const acquire = modules[0]!;
    while (!acquire.finished) {
      batch.clear();
      this.running = 0;
      acquire.process(batch);
      if (batch.length > 0) this.runInParts();
    }
    this.end();
    for (const module of modules) module.close?.();
  }

  private runInParts(): void {
    const { batch, part, batchSize } = this;
    if (batch.length <= batchSize) {
      this.runFrom(1, batch);
      return;
    }
    for (let from = 0; from < batch.length; from += batchSize) {
      part.clear();
      for (let i = from; i < Math.min(from + batchSize, batch.length); i++) part.push(batch.slots[i]!);
      this.runFrom(1, part);
    }
  }

  private runFrom(first: number, batch: Batch): void {
    for (let i = first; i < this.modules.length; i++) {
      this.running = i;
      this.modules[i]!.process(batch);
    }
    for (let i = 0; i < batch.length; i++) this.returns.release(batch.slots[i]!);
    batch.clear();
  }

  private end(): void {
    const { batch, modules } = this;
    for (let i = 0; i < modules.length; i++) {
      batch.clear();
      this.running = i;
      modules[i]!.end?.(batch);
      if (batch.length > 0) this.runFrom(i + 1, batch);
    }
  }

  forward(batch: Batch): void {
    const from = this.running;
    this.runFrom(from + 1, batch);
    this.running = from;
  }

  openLog(): LogWriter {
    return { write() {} };
  }

  wants(kind: number): boolean {
    return this.wanted.includes(kind);
  }

  warnOnce(message: string): void {
    if (!this.warned.has(message)) this.log.warning(message);
    this.warned.add(message);
  }
}

export type { SingleThread };
