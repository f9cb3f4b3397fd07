/**
 * All memory that packets live in: one block of shared bytes, and the table of packet rows.
 *
 * An offset into `bytes` is a plain number, the same in every thread, and goes to native code as it is.
 */
import type { Bulk } from './memory/bulk.js';
import { allocateSpace, bufferOf, openBulk, type Space } from './memory/space.js';
import { INTS } from './packet.js';

/** Where bytes are used from: offset 0 means "no header" in packet rows, so nothing lies there. */
export const FIRST_BYTE = 64;

/** The memory as one thread has it open. */
export interface Memory extends Bulk {
  /** Packet bytes, stream buffers, scratch space. Its pages take real memory only once they are touched. */
  readonly bytes: Uint8Array;
  /** The same bytes. */
  readonly view: DataView;
  /** Packet rows: `row[slot * Packet.INTS + FIELD]`. */
  readonly row: Int32Array;
  /** The same rows as float64. */
  readonly row64: Float64Array;
}

/** What is behind a `Memory`: what is sent to another thread. */
export interface MemoryBuffers {
  readonly space: Space;
  readonly byteLength: number;
  readonly rows: SharedArrayBuffer;
}

/** @param slots number of packets  @param byteLength size of the byte space, below 2^32 */
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
