/**
 * The share of each thread of the common memory. Offsets into it are signed 32-bit numbers, so with many threads each
 * gets less than requested.
 */
import { FIRST_BYTE } from '../memory.js';

export interface ThreadMemory {
  readonly poolBytes: number;
  readonly blockSize: number;
  readonly scratchBytes: number;
}

/** Upper bound of offsets. */
const END = 2 ** 31;
/** Minimum blocks of a pool: one is filled while others are in flight. */
const MIN_BLOCKS = 4;

/**
 * @param wanted for each thread
 * @param streamBytes taken by all stream buffers together
 * @throws Error if less than the minimum is requested, or fits
 */
export function sharesOf(wanted: ThreadMemory, threads: number, streamBytes: number): ThreadMemory {
  if (wanted.poolBytes < MIN_BLOCKS * wanted.blockSize)
    throw new Error(
      `threading.pool-memory is ${wanted.poolBytes} bytes, expected at least ${MIN_BLOCKS} times threading.block-size (${wanted.blockSize})`,
    );
  const each = Math.floor((END - FIRST_BYTE - streamBytes) / threads / 64) * 64 - 64;
  if (wanted.poolBytes + wanted.scratchBytes <= each) return wanted;
  const scratchBytes = Math.min(wanted.scratchBytes, Math.floor(each / 4 / 64) * 64);
  const blocks = Math.floor((each - scratchBytes) / wanted.blockSize);
  if (blocks < MIN_BLOCKS) {
    const mib = Math.ceil((MIN_BLOCKS * wanted.blockSize) / 2 ** 20);
    throw new Error(
      `${threads} threads with packet pools of at least ${mib} MiB and ${Math.ceil(streamBytes / 2 ** 20)} MiB of stream buffers need more than 2047 MiB: lower stream.reassembly.memcap, threading.block-size or the number of threads`,
    );
  }
  return { ...wanted, poolBytes: blocks * wanted.blockSize, scratchBytes };
}
