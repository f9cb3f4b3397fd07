/** Slots for packets created by decoding. */
import type { Decoding } from './decoding.js';

/** @returns a slot with a cleared row; -1 when none was returned although all finished packets were passed on */
export function takeSlot(d: Decoding): number {
  const { pool } = d.thread;
  if (d.createdCount === d.created.length) return -1;
  if (pool.available === 0) passOnFinished(d);
  return pool.take();
}

/** Memory for a packet just created. @returns -1 when there is none although all finished packets were passed on */
export function takeBytes(d: Decoding, slot: number, length: number): number {
  const { thread } = d;
  let offset = thread.pool.allocate(slot, length);
  if (offset >= 0) return offset;
  passOnFinished(d);
  offset = thread.pool.allocate(slot, length);
  // There may be free slots but no free blocks while packets of many captures, or a few large ones, are in flight.
  while (offset < 0 && length <= thread.pool.range.blockSize && thread.waitForReturns?.())
    offset = thread.pool.allocate(slot, length);
  return offset;
}

/** Passes on the packets before the current one. */
function passOnFinished(d: Decoding): void {
  if (!d.batch) return;
  d.batch.moveKeptTo(d.done);
  d.finish(d.done);
  d.thread.forward(d.done);
}

/** Returns the packets created last, down to `count`. */
export function releaseCreated(d: Decoding, count: number): void {
  while (d.createdCount > count) d.thread.pool.release(d.created[--d.createdCount]!);
}
