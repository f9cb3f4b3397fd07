/**
 * Inline, the receiver must not get the first fragments of a datagram before anybody has seen all of it: they wait at
 * the verdict until the datagram is whole, and share its verdict. Those of one datagram form a chain, the ROOT of each
 * being the one before; the last in the chain is the completing fragment, or a packet made to let the others go.
 *
 * What is held takes slots of the pool, so it is bounded in number and in time. What never becomes whole is dropped: if
 * fragments passed by themselves, their receiver could have all of a datagram that nobody has seen as one, sent again
 * piece by piece.
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
  /** Its fragments are dropped when they are let go. */
  refused: boolean;
}

/** Part of a pool's slots that may be held. */
const SHARE_OF_POOL = 8;

export class HeldFragments {
  /** In the order in which they began. */
  private readonly chains = new Map<Tracker, Chain>();
  /** Those that are to be let go. */
  private readonly ending: Chain[] = [];
  /** Packets in both, and in the latter. */
  private count = 0;
  private leaving = 0;
  private readonly most: number;
  private readonly seconds: number;

  constructor(
    private readonly d: Decoding,
    settings: DefragSettings,
    private readonly c: DefragCounters,
  ) {
    this.most = Math.min(settings.holdPackets, Math.floor(d.thread.pool.range.slots / SHARE_OF_POOL));
    this.seconds = settings.holdTime;
  }

  /** The packet at `p` has a fragment of a datagram that is not whole yet. */
  hold(tracker: Tracker, p: number): void {
    const { row } = this.d;
    const w = this.wireOf(p);
    const before = this.chains.get(tracker);
    if (row[w + Packet.ROOT]! >= 0 || before?.head === w / Packet.INTS) return;
    if (this.most === 0) return;
    if (!this.makeRoom(tracker)) {
      this.d.thread.counters.values[this.c.notHeld]!++;
      this.refuse(w);
      return;
    }
    this.count++;
    row[w + Packet.VERDICTS_AWAITED]!++;
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
        refused: false,
      });
    }
  }

  /** Where too many are held, the datagram that has waited longest gives way to others. @returns whether there is room */
  private makeRoom(tracker: Tracker): boolean {
    // Slots of those that leave are free once the batch is through.
    if (this.count >= this.most + (this.most >> 1)) return false;
    if (this.count - this.leaving < this.most) return true;
    for (const other of this.chains.keys()) {
      if (other === tracker) continue;
      this.release(other, true);
      return true;
    }
    return false;
  }

  private refuse(p: number): void {
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

  /** Nothing waits any more. @param refused the datagram was given up, and its fragments with it */
  release(tracker: Tracker, refused: boolean): void {
    const chain = this.chains.get(tracker);
    if (!chain) return;
    this.chains.delete(tracker);
    chain.refused = refused;
    this.leaving += chain.length;
    this.ending.push(chain);
  }

  /** Lets go what has waited long enough, also by a clock that was set back. @param now seconds of packet time */
  expire(now: number): void {
    for (const [tracker, { since }] of this.chains) {
      if (Math.abs(now - since) <= this.seconds) return;
      this.release(tracker, true);
    }
  }

  /** Nothing comes any more that could make a datagram whole. */
  releaseAll(): void {
    for (const tracker of [...this.chains.keys()]) this.release(tracker, false);
  }

  /**
   * Makes the packets that let chains go.
   * @param number of the packet they come behind  @param batch takes them  @returns false when slots ran out
   */
  emit(number: number, batch: Batch): boolean {
    const { row, thread } = this.d;
    while (this.ending.length > 0) {
      const slot = thread.pool.take();
      if (slot < 0) return false;
      const p = slot * Packet.INTS;
      const { head, length, refused } = this.ending.pop()!;
      this.count -= length;
      this.leaving -= length;
      inherit(row, head * Packet.INTS, p);
      row[p + Packet.NUMBER] = number;
      row[p + Packet.PSEUDO] = Packet.PSEUDO_REASSEMBLED;
      row[p + Packet.FLAGS] = Packet.FLAG_FRAGMENT | Packet.FLAG_NO_INSPECTION;
      if (refused) this.refuse(p);
      batch.push(slot);
    }
    return true;
  }

  /** The packet of the wire in which a packet lies. */
  private wireOf(p: number): number {
    const { row } = this.d;
    let w = p;
    while (row[w + Packet.PSEUDO] !== Packet.PSEUDO_NONE) w = row[w + Packet.ROOT]! * Packet.INTS;
    return w;
  }
}
