/**
 * Inline, the receiver must not get the first fragments of a datagram before all of it has been inspected: they wait
 * at the verdict until the datagram is complete, and share its verdict. Those of one datagram form a chain, the ROOT of
 * each being the previous one; the last in the chain is the completing fragment, or a packet created to release the
 * others.
 *
 * Held fragments occupy slots of the pool, so they are limited in number and time. Incomplete datagrams are dropped:
 * if fragments passed by themselves, their receiver could assemble a datagram that was never inspected as a whole, sent
 * again piece by piece.
 */
import type { Batch } from '../../../engine/batch.js';
import * as Packet from '../../../engine/packet.js';
import { isDrop, REASON_DEFRAG_ERROR } from '../../../engine/verdict.js';
import type { Decoding } from '../decoding.js';
import { inherit } from '../tunnel.js';
import type { DefragCounters } from './counters.js';
import type { DefragSettings } from './options.js';
import type { Tracker } from './tracker.js';

/** The packets held for one datagram. */
interface Chain {
  /** Slot of the latest one. */
  head: number;
  length: number;
  /** Second of the first one. */
  readonly since: number;
  /** Its fragments are dropped when they are released. */
  dropped: boolean;
}

/** Maximum part of a pool's slots that may be held. */
const SHARE_OF_POOL = 8;

export class HeldFragments {
  /** In the order of their first fragments. */
  private readonly chains = new Map<Tracker, Chain>();
  /** Chains that are to be released. */
  private readonly ending: Chain[] = [];
  /** Number of packets in both, and in the latter. */
  private count = 0;
  private leaving = 0;
  private readonly maxHeld: number;
  private readonly seconds: number;

  constructor(
    private readonly d: Decoding,
    settings: DefragSettings,
    private readonly c: DefragCounters,
  ) {
    this.maxHeld = Math.min(settings.holdPackets, Math.floor(d.thread.pool.range.slots / SHARE_OF_POOL));
    this.seconds = settings.holdTime;
  }

  /** The packet at `p` contains a fragment of a datagram that is not complete yet. */
  hold(tracker: Tracker, p: number): void {
    const { row } = this.d;
    const w = this.wireOf(p);
    const before = this.chains.get(tracker);
    if (row[w + Packet.ROOT]! >= 0 || before?.head === w / Packet.INTS) return;
    if (this.maxHeld === 0) return;
    if (!this.makeRoom(tracker)) {
      this.d.thread.counters.values[this.c.notHeld]!++;
      this.drop(w);
      return;
    }
    this.count++;
    row[w + Packet.PENDING_VERDICTS]!++;
    row[w + Packet.REFERENCES]!++;
    if (before) {
      row[w + Packet.ROOT] = before.head;
      before.head = w / Packet.INTS;
      before.length++;
    } else {
      this.chains.set(tracker, {
        head: w / Packet.INTS,
        length: 1,
        since: Packet.secondsOf(row, w),
        dropped: false,
      });
    }
  }

  /** When too many are held, the oldest datagram is given up for new ones. @returns whether there is room */
  private makeRoom(tracker: Tracker): boolean {
    // Slots of released fragments are free only after the batch.
    if (this.count >= this.maxHeld + (this.maxHeld >> 1)) return false;
    if (this.count - this.leaving < this.maxHeld) return true;
    for (const other of this.chains.keys()) {
      if (other === tracker) continue;
      this.release(other, true);
      return true;
    }
    return false;
  }

  private drop(p: number): void {
    const { row } = this.d;
    if (isDrop(row[p + Packet.VERDICT]!)) return;
    row[p + Packet.VERDICT] = Packet.VERDICT_DROP;
    row[p + Packet.REASON] = REASON_DEFRAG_ERROR;
  }

  /** The packet at `p` completes the datagram: its verdict is that of all. */
  complete(tracker: Tracker, p: number): void {
    const chain = this.chains.get(tracker);
    if (!chain) return;
    const w = this.wireOf(p);
    if (this.d.row[w + Packet.ROOT]! >= 0 || chain.head === w / Packet.INTS) {
      this.release(tracker, false);
      return;
    }
    this.chains.delete(tracker);
    this.count -= chain.length;
    this.d.row[w + Packet.ROOT] = chain.head;
  }

  /** Nothing waits any longer. @param refused the datagram was given up, and its fragments with it */
  release(tracker: Tracker, refused: boolean): void {
    const chain = this.chains.get(tracker);
    if (!chain) return;
    this.chains.delete(tracker);
    chain.dropped = refused;
    this.leaving += chain.length;
    this.ending.push(chain);
  }

  /** Releases chains that have waited too long, also if the clock was set back. @param now seconds of packet time */
  expire(now: number): void {
    for (const [tracker, { since }] of this.chains) {
      if (Math.abs(now - since) <= this.seconds) return;
      this.release(tracker, true);
    }
  }

  /** No more packets arrive that could complete a datagram. */
  releaseAll(): void {
    for (const tracker of [...this.chains.keys()]) this.release(tracker, false);
  }

  /**
   * Creates the packets that release chains.
   * @param number of the packet they follow  @param batch receives them  @returns false when slots ran out
   */
  emit(number: number, batch: Batch): boolean {
    const { row, thread } = this.d;
    while (this.ending.length > 0) {
      const slot = thread.pool.take();
      if (slot < 0) return false;
      const p = slot * Packet.INTS;
      const { head, length, dropped } = this.ending.pop()!;
      this.count -= length;
      this.leaving -= length;
      inherit(row, head * Packet.INTS, p);
      row[p + Packet.NUMBER] = number;
      row[p + Packet.PSEUDO] = Packet.PSEUDO_REASSEMBLED;
      row[p + Packet.FLAGS] = Packet.FLAG_FRAGMENT | Packet.FLAG_NO_INSPECTION;
      if (dropped) this.drop(p);
      batch.push(slot);
    }
    return true;
  }

  /** The received packet that contains a packet. */
  private wireOf(p: number): number {
    const { row } = this.d;
    let w = p;
    while (row[w + Packet.PSEUDO] !== Packet.PSEUDO_NONE) w = row[w + Packet.ROOT]! * Packet.INTS;
    return w;
  }
}
