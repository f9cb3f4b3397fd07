/**
 * All memory of packets: one block of shared bytes, and the table of packet rows.
 *
 * An offset into `bytes` is a plain number, the same in every thread, and is passed to native code unchanged.
 */
import type { Bulk } from './memory/bulk.js';
import { allocateSpace, bufferOf, openBulk, type Space } from './memory/space.js';
import { INTS } from './packet.js';

/** First offset in use: offset 0 means "no header" in packet rows. */
export const FIRST_BYTE = 64;

/** The memory as mapped by one thread. */
export interface Memory extends Bulk {
  /** Packet bytes, stream buffers, scratch space. Pages take physical memory only once they are touched. */
  readonly bytes: Uint8Array;
  /** View of the same bytes. */
  readonly view: DataView;
  /** Packet rows: `row[slot * Packet.INTS + FIELD]`. */
  readonly row: Int32Array;
  /** View of the same rows as float64. */
  readonly row64: Float64Array;
}

/** The buffers of a `Memory`, as sent to other threads. */
export interface MemoryBuffers {
  readonly space: Space;
  readonly byteLength: number;
  readonly rows: SharedArrayBuffer;
}

/** @param slots number of packets  @param byteLength size of the byte range, below 2^32 */
export function allocateMemory(slots: number, byteLength: number): MemoryBuffers {
  return {
    space: allocateSpace(byteLength),
    byteLength,
    rows: new SharedArrayBuffer(slots * INTS * 4),
  };
}

export function openMemory({ space, byteLength, rows }: MemoryBuffers): Memory {
  const { copy, sumOfWords } = openBulk(space);
  const buffer = bufferOf(space);
  return {
    bytes: new Uint8Array(buffer, 0, byteLength),
    view: new DataView(buffer, 0, byteLength),
    row: new Int32Array(rows),
    row64: new Float64Array(rows),
    copy,
    sumOfWords,
  };
}
