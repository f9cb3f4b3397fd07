/** How the memory of a plan is divided among its threads: packet pools, scratch, stream buffers, rows of the flow table. */
import { FIRST_BYTE } from '../memory.js';
import type { ByteRange, ModuleDefinition } from '../module.js';
import type { PoolRange } from '../pool.js';
import { sharesOf, type ThreadMemory } from './memory-shares.js';

export interface PlanSizes {
  /** Packets in flight for each thread that creates packets. */
  readonly poolSlots: number;
  readonly poolBytes: number;
  readonly blockSize: number;
  /** Rows of all flow tables, and bytes of all stream buffers, divided among the threads that have them. */
  readonly flows: number;
  readonly streamBytes: number;
  readonly scratchBytes: number;
  readonly logBytes: number;
}

/** Shared memory used by a module. */
export type Uses = NonNullable<ModuleDefinition['uses']>;

/** Modules of each thread, in thread order. */
export type ModulesOfThreads = readonly (readonly string[])[];

/** Divides the byte space and the flow rows. Offsets stay below 2^31, so that they fit into a packet row. */
export class Layout {
  private readonly flowThreads: number[];
  private readonly streamThreads: number[];
  private readonly readers: number[];
  private readonly shares: ThreadMemory;

  constructor(
    private readonly threads: ModulesOfThreads,
    private readonly sizes: PlanSizes,
    uses: (module: string) => Uses,
  ) {
    this.flowThreads = threadsUsing(threads, 'flow-rows', uses);
    this.streamThreads = threadsUsing(threads, 'stream-buffers', uses);
    this.readers = threadsUsing(threads, 'streams', uses);
    this.shares = sharesOf(sizes, threads.length, sizes.streamBytes);
  }

  get byteLength(): number {
    return this.streamStart + this.sizes.streamBytes;
  }

  private get streamStart(): number {
    const { poolBytes, scratchBytes } = this.shares;
    return FIRST_BYTE + this.threads.length * (poolBytes + scratchBytes);
  }

  get flows(): number {
    return Math.max(1, this.sizes.flows);
  }

  /** Streams are read in other threads than those that reassemble them. */
  get hasRemoteReaders(): boolean {
    const { readers, streamThreads } = this;
    return streamThreads.length > 0 && readers.some(reader => !streamThreads.includes(reader));
  }

  pool(thread: number): PoolRange {
    const { poolSlots } = this.sizes;
    const { poolBytes, blockSize } = this.shares;
    return {
      index: thread,
      firstSlot: thread * poolSlots,
      slots: poolSlots,
      firstByte: FIRST_BYTE + thread * poolBytes,
      byteLength: poolBytes,
      blockSize,
    };
  }

  scratch(thread: number): ByteRange {
    const { poolBytes, scratchBytes } = this.shares;
    const first = FIRST_BYTE + this.threads.length * poolBytes + thread * scratchBytes;
    return { first, byteLength: scratchBytes };
  }

  streamRange(thread: number): ByteRange {
    return share(this.streamStart, this.sizes.streamBytes, this.streamThreads, thread);
  }

  flowRange(thread: number): { first: number; count: number } {
    const { first, byteLength } = share(0, this.flows, this.flowThreads, thread, 1);
    return { first, count: byteLength };
  }
}

function threadsUsing(
  threads: ModulesOfThreads,
  what: Uses[number],
  uses: (module: string) => Uses,
): number[] {
  return threads.flatMap((modules, i) => (modules.some(name => uses(name).includes(what)) ? [i] : []));
}

/** The share of a range for one of several threads; empty for other threads. */
function share(
  first: number,
  length: number,
  threads: readonly number[],
  thread: number,
  unit = 64,
): ByteRange {
  const place = threads.indexOf(thread);
  if (place < 0) return { first, byteLength: 0 };
  const part = Math.floor(length / threads.length / unit) * unit;
  return { first: first + place * part, byteLength: part };
}
