/**
 * Inline, a packet's data is delivered with the packet, before the receiver gets it. Delivered data is kept until it
 * is
 * acknowledged, so that a packet that overlaps it with different bytes can be detected.
 */
import * as Packet from '../../../engine/packet.js';
import * as Direction from './direction.js';
import type { DeliveryContext, DirectionOutput } from './direction-output.js';
import { bufferOffset, releaseEmptyBuffer } from './in-order.js';
import type { Store } from './store.js';

/**
 * Delivers the data that is now in order.
 * @param start, end positions of the packet's own data, at `offset` in `Memory.bytes`
 */
export function deliverInline(
  store: Store,
  output: DirectionOutput,
  r: number,
  start: number,
  end: number,
  offset: number,
  context: DeliveryContext,
): void {
  const { rows } = store;
  const delivered = rows[r + Direction.DELIVERED]!;
  const inOrder = rows[r + Direction.IN_ORDER]!;
  const own = inOrder === end && ((delivered - start) | 0) >= 0;
  const data = own ? offset + ((delivered - start) | 0) : bufferOffset(store, r, delivered);
  output.deliverTo(r, inOrder, data, context, Packet.STREAM_INLINE);
}

/** Whether there is data in order that was not delivered. */
export function hasUndelivered({ rows }: Store, r: number): boolean {
  return ((rows[r + Direction.IN_ORDER]! - rows[r + Direction.DELIVERED]!) | 0) > 0;
}

/**
 * Data that is in order is inspected even when there is no memory for a copy of it: with its packet, whose row must be
 * free. It cannot be delivered later, and neither can the data waiting before it.
 */
export function advanceWithoutCopy({ rows, memory }: Store, r: number, start: number, end: number): void {
  const inOrder = rows[r + Direction.IN_ORDER]!;
  const follows = ((start - inOrder) | 0) <= 0 && ((end - inOrder) | 0) > 0;
  if (!follows || rows[r + Direction.WAITING_CHUNKS] !== 0 || rows[r + Direction.DELIVERED] !== inOrder)
    return;
  if (rows[r + Direction.BUFFER] !== 0) memory.release(rows[r + Direction.BUFFER]! - 1);
  rows[r + Direction.BUFFER] = 0;
  rows[r + Direction.IN_ORDER] = end;
  rows[r + Direction.KEPT_FROM] = end;
}

/** The receiver has it: other bytes can no longer replace it. Data not delivered yet is still needed. */
export function releaseAcknowledged(store: Store, r: number): void {
  const { rows } = store;
  const delivered = rows[r + Direction.DELIVERED]!;
  const acked = rows[r + Direction.ACKED]!;
  const to = ((acked - delivered) | 0) < 0 ? acked : delivered;
  if (((to - rows[r + Direction.KEPT_FROM]!) | 0) <= 0) return;
  rows[r + Direction.KEPT_FROM] = to;
  releaseEmptyBuffer(store, r);
}
