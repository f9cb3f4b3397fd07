/**
 * Inline, a packet's data is handed on with the packet, before its receiver has it. What was handed on is kept until it
 * is acknowledged, so that a packet that brings other bytes in its place can be told.
 */
import * as Packet from '../../../engine/packet.js';
import * as Direction from './direction.js';
import { bufferOffset, releaseEmptyBuffer } from './in-order.js';
import type { Occasion, Outlet } from './outlet.js';
import type { Store } from './store.js';

/**
 * Hands on the data that follows in order now.
 * @param start, end positions of the packet's own data, at `offset` in `Memory.bytes`
 */
export function handOnInline(
  store: Store,
  outlet: Outlet,
  r: number,
  start: number,
  end: number,
  offset: number,
  occasion: Occasion,
): void {
  const { rows } = store;
  const delivered = rows[r + Direction.DELIVERED]!;
  const inOrder = rows[r + Direction.IN_ORDER]!;
  const own = inOrder === end && ((delivered - start) | 0) >= 0;
  const data = own ? offset + ((delivered - start) | 0) : bufferOffset(store, r, delivered);
  outlet.give(r, inOrder, data, occasion, Packet.STREAM_INLINE);
}

/** There is data that follows in order and was not handed on. */
export function hasMore({ rows }: Store, r: number): boolean {
  return ((rows[r + Direction.IN_ORDER]! - rows[r + Direction.DELIVERED]!) | 0) > 0;
}

/**
 * Data that follows in order is inspected even when there is no memory to keep a copy of it: with its packet, the row of
 * which must be free. It cannot be handed on later, nor can what waits before it.
 */
export function goOnWithoutHistory({ rows, memory }: Store, r: number, start: number, end: number): void {
  const inOrder = rows[r + Direction.IN_ORDER]!;
  const follows = ((start - inOrder) | 0) <= 0 && ((end - inOrder) | 0) > 0;
  if (!follows || rows[r + Direction.WAITING_PIECES] !== 0 || rows[r + Direction.DELIVERED] !== inOrder)
    return;
  if (rows[r + Direction.BUFFER] !== 0) memory.release(rows[r + Direction.BUFFER]! - 1);
  rows[r + Direction.BUFFER] = 0;
  rows[r + Direction.IN_ORDER] = end;
  rows[r + Direction.KEPT_FROM] = end;
}

/** The receiver has it: no other bytes can take its place any more. What was not handed on yet is still needed. */
export function forgetAcknowledged(store: Store, r: number): void {
  const { rows } = store;
  const delivered = rows[r + Direction.DELIVERED]!;
  const acked = rows[r + Direction.ACKED]!;
  const to = ((acked - delivered) | 0) < 0 ? acked : delivered;
  if (((to - rows[r + Direction.KEPT_FROM]!) | 0) <= 0) return;
  rows[r + Direction.KEPT_FROM] = to;
  releaseEmptyBuffer(store, r);
}
