/**
 * All memory that packets live in: one block of shared bytes, and the table of packet rows.
 *
 * An offset into `bytes` is a plain number, the same in every thread, and goes to native code as it is.
 */
import { INTS } from './packet.js';

export interface Memory {
  /** Packet bytes, stream buffers, scratch space. Its pages take real memory only once they are touched. */
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Packet rows: `row[slot * Packet.INTS + FIELD]`. */
  readonly row: Int32Array;
  /** The same rows as float64. */
  readonly row64: Float64Array;
}

/** The buffers behind a `Memory`: what is sent to another thread. */
export interface MemoryBuffers {
  readonly bytes: SharedArrayBuffer;
  readonly rows: SharedArrayBuffer;
}

/** @param slots number of packets  @param byteLength size of the byte space, below 2^32 */
export function allocateMemory(slots: number, byteLength: number): MemoryBuffers {
  return {
    bytes: new SharedArrayBuffer(byteLength),
    rows: new SharedArrayBuffer(slots * INTS * 4),
  };
}

export function openMemory(buffers: MemoryBuffers): Memory {
  return {
    bytes: new Uint8Array(buffers.bytes),
    view: new DataView(buffers.bytes),
    row: new Int32Array(buffers.rows),
    row64: new Float64Array(buffers.rows),
  };
}
