/** Slots for packets that decoding makes. */
import type { Decoding } from './decoding.js';

/** @returns a slot with a cleared row; -1 when none came home although all that is done was handed on */
export function takeSlot(d: Decoding): number {
  const { pool } = d.thread;
  if (d.madeCount === d.made.length) return -1;
  if (pool.available === 0) handOn(d);
  return pool.take();
}

/** Room for the bytes of a packet just taken. @returns -1 when there is none although all that is done was handed on */
export function takeBytes(d: Decoding, slot: number, length: number): number {
  const { thread } = d;
  let offset = thread.pool.allocate(slot, length);
  if (offset >= 0) return offset;
  handOn(d);
  offset = thread.pool.allocate(slot, length);
  // Slots may be free where blocks are not: packets of many captures, or few large ones, are on their way.
  while (offset < 0 && length <= thread.pool.range.blockSize && thread.awaitHome?.())
    offset = thread.pool.allocate(slot, length);
  return offset;
}

/** Hands on the packets before the one in hand. */
function handOn(d: Decoding): void {
  if (!d.batch) return;
  d.batch.moveKeptTo(d.done);
  d.finish(d.done);
  d.thread.passOn(d.done);
}

/** Gives back the packets made last, down to `count`. */
export function releaseMade(d: Decoding, count: number): void {
  while (d.madeCount > count) d.thread.pool.giveBack(d.made[--d.madeCount]!);
}
