/**
 * Returns packets to their pools: a finished slot goes back directly if the pool belongs to this thread, otherwise
 * through a ring to its owner.
 *
 * A packet is finished when it and all packets made from it are: inner packets and events hold a reference to it.
 */
import type { Memory } from '../memory.js';
import * as Packet from '../packet.js';
import type { Pool } from '../pool.js';
import type { Doorbell } from '../queue/doorbell.js';
import type { Ring } from '../queue/ring.js';

/** Return path of packets of another thread's pool. */
export interface ReturnPath {
  readonly ring: Ring;
  readonly owner: Doorbell;
}

export class Returns {
  private readonly row: Int32Array;
  /** Number of packets returned by other threads. */
  collected = 0;
  private pending = false;

  /**
   * @param returnPaths by pool number: the ring to its owner; undefined for its own pool
   * @param incoming rings in which other threads return packets of its own pool
   */
  constructor(
    memory: Memory,
    private readonly own: Pool,
    private readonly returnPaths: readonly (ReturnPath | undefined)[],
    private readonly incoming: readonly Ring[],
  ) {
    this.row = memory.row;
  }

  /** Releases the packet, and possibly those it was made from. */
  release(slot: number): void {
    const { row } = this;
    for (let at = slot; at >= 0; ) {
      const p = at * Packet.INTS;
      if (Atomics.load(row, p + Packet.REFERENCES) !== 1 && Atomics.sub(row, p + Packet.REFERENCES, 1) !== 1)
        return;
      const root = row[p + Packet.ROOT]!;
      const carrier = row[p + Packet.PSEUDO] === Packet.PSEUDO_EVENT ? -1 : row[p + Packet.CARRIER]!;
      this.returnToPool(at, p);
      if (carrier >= 0) this.release(carrier);
      at = root;
    }
  }

  private returnToPool(slot: number, p: number): void {
    const path = this.returnPaths[this.row[p + Packet.POOL]!];
    if (!path) {
      this.own.release(slot);
      return;
    }
    // The ring holds as many packets as the pool has, so there is always room.
    path.ring.push(slot);
    this.pending = true;
  }

  /** Once per batch: makes the returns visible to their owners. */
  publish(): void {
    if (!this.pending) return;
    this.pending = false;
    for (const path of this.returnPaths) {
      if (!path) continue;
      path.ring.publish();
      path.owner.ring();
    }
  }

  /** Collects own packets returned by other threads. */
  collect(): void {
    for (const ring of this.incoming) {
      const count = ring.readable();
      if (count === 0) continue;
      this.collected += count;
      for (let i = 0; i < count; i++) this.own.release(ring.take());
      ring.release();
    }
  }

  /** True if returned packets wait to be collected. */
  hasPending(): boolean {
    return this.incoming.some(ring => ring.readable() > 0);
  }
}
