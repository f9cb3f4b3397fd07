/**
 * The way home of packets: a slot that is done goes back to the pool that it came from, directly when that pool
 * is this thread's own, else through a ring to its owner.
 *
 * A packet is done when it and all packets made from it are: inner packets and events hold a reference to it.
 */
import type { Memory } from '../memory.js';
import * as Packet from '../packet.js';
import type { Pool } from '../pool.js';
import type { Doorbell } from '../queue/doorbell.js';
import type { Ring } from '../queue/ring.js';

/** Where packets of one foreign pool go. */
export interface WayHome {
  readonly ring: Ring;
  readonly owner: Doorbell;
}

export class Returns {
  private readonly row: Int32Array;
  /** How many packets came home from other threads. */
  collected = 0;
  private pending = false;

  /**
   * @param home by pool number: the ring to its owner; undefined for the own pool
   * @param incoming rings in which other threads send the own pool's packets
   */
  constructor(
    memory: Memory,
    private readonly own: Pool,
    private readonly home: readonly (WayHome | undefined)[],
    private readonly incoming: readonly Ring[],
  ) {
    this.row = memory.row;
  }

  /** The packet is done here, and with it perhaps those that it was made from. */
  release(slot: number): void {
    const { row } = this;
    for (let at = slot; at >= 0; ) {
      const p = at * Packet.INTS;
      if (Atomics.load(row, p + Packet.REFERENCES) !== 1 && Atomics.sub(row, p + Packet.REFERENCES, 1) !== 1)
        return;
      const root = row[p + Packet.ROOT]!;
      const carrier = row[p + Packet.PSEUDO] === Packet.PSEUDO_EVENT ? -1 : row[p + Packet.CARRIER]!;
      this.sendHome(at, p);
      if (carrier >= 0) this.release(carrier);
      at = root;
    }
  }

  private sendHome(slot: number, p: number): void {
    const way = this.home[this.row[p + Packet.POOL]!];
    if (!way) {
      this.own.giveBack(slot);
      return;
    }
    // The ring holds as many packets as the pool has, so there is always room.
    way.ring.push(slot);
    this.pending = true;
  }

  /** Once a batch: makes the returns visible to their owners. */
  publish(): void {
    if (!this.pending) return;
    this.pending = false;
    for (const way of this.home) {
      if (!way) continue;
      way.ring.publish();
      way.owner.ring();
    }
  }

  /** Takes in the own packets that others are done with. */
  collect(): void {
    for (const ring of this.incoming) {
      const count = ring.readable();
      if (count === 0) continue;
      this.collected += count;
      for (let i = 0; i < count; i++) this.own.giveBack(ring.take());
      ring.release();
    }
  }

  /** True when packets of the own pool wait to be taken in. */
  waiting(): boolean {
    return this.incoming.some(ring => ring.readable() > 0);
  }
}
