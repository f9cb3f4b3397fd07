/**
 * Different SYNs or SYN/ACKs of one handshake, kept until an answer shows which one counted.
 *
 * Entries of all sessions share one block of int32: an entry is identified by its index, 0 means none.
 */
import type { Segment } from './segment.js';
import * as Session from './session.js';

const INTS = 10;
const NEXT = 0;
const SEQ = 1;
const WINDOW = 2;
const SCALE = 3;
const HAS_TIMESTAMP = 4;
const TIMESTAMP = 5;
const SECONDS = 6;
const SACK = 7;
const FAST_OPEN = 8;

/** Maximum number of entries, whatever the number of sessions: 640 KiB. */
const CAPACITY = 16_384;

export class SynQueue {
  private entries = new Int32Array(64 * INTS);
  private used = 1;
  private free = 0;

  constructor(private readonly cells: Int32Array) {}

  /**
   * Adds the segment to its session's queue, unless an equal one is there.
   * @returns false when the queue is full
   */
  add(x: Segment, limit: number): boolean {
    const { cells } = this;
    for (let at = cells[x.session + Session.QUEUE]!; at !== 0; at = this.entries[at * INTS + NEXT]!) {
      if (this.isLike(at * INTS, x)) return true;
    }
    if (cells[x.session + Session.QUEUE_LENGTH]! >= limit) return false;
    const entry = this.take();
    if (entry === 0) return false;
    this.write(entry * INTS, x);
    this.entries[entry * INTS + NEXT] = cells[x.session + Session.QUEUE]!;
    cells[x.session + Session.QUEUE] = entry;
    cells[x.session + Session.QUEUE_LENGTH]!++;
    return true;
  }

  /** Replaces the oldest entry by the segment. */
  replaceOldest(x: Segment): void {
    const { cells, entries } = this;
    let before = 0;
    let at = cells[x.session + Session.QUEUE]!;
    if (at === 0) return;
    while (entries[at * INTS + NEXT] !== 0) {
      before = at;
      at = entries[at * INTS + NEXT]!;
    }
    if (before !== 0) {
      entries[before * INTS + NEXT] = 0;
      entries[at * INTS + NEXT] = cells[x.session + Session.QUEUE]!;
      cells[x.session + Session.QUEUE] = at;
    }
    this.write(at * INTS, x);
  }

  /**
   * Finds the SYN or SYN/ACK that this number acknowledges, and copies its fields into `x`.
   * @param echo timestamp that must have been sent with it, 0 for any  @returns false when none matches
   */
  recall(session: number, ack: number, x: Segment, echo = 0): boolean {
    const entry = this.find(session, ack, echo);
    if (entry !== 0) this.read(entry * INTS, x);
    return entry !== 0;
  }

  /** Whether this number acknowledges one of the entries. */
  holds(session: number, ack: number): boolean {
    return this.find(session, ack, 0) !== 0;
  }

  clear(session: number): void {
    const { cells, entries } = this;
    let at = cells[session + Session.QUEUE]!;
    while (at !== 0) {
      const next = entries[at * INTS + NEXT]!;
      entries[at * INTS + NEXT] = this.free;
      this.free = at;
      at = next;
    }
    cells[session + Session.QUEUE] = 0;
    cells[session + Session.QUEUE_LENGTH] = 0;
  }

  private find(session: number, ack: number, echo: number): number {
    const wanted = (ack - 1) | 0;
    let at = this.cells[session + Session.QUEUE]!;
    while (at !== 0 && !this.matches(at * INTS, wanted, echo)) at = this.entries[at * INTS + NEXT]!;
    return at;
  }

  private matches(e: number, seq: number, echo: number): boolean {
    const { entries } = this;
    if (entries[e + SEQ] !== seq) return false;
    return echo === 0 || entries[e + HAS_TIMESTAMP] === 0 || entries[e + TIMESTAMP] === echo;
  }

  private isLike(e: number, x: Segment): boolean {
    const { entries } = this;
    return (
      entries[e + SEQ] === x.seq &&
      entries[e + WINDOW] === x.window &&
      entries[e + SCALE] === x.scale &&
      entries[e + HAS_TIMESTAMP] === Number(x.hasTimestamp) &&
      (!x.hasTimestamp || entries[e + TIMESTAMP] === x.timestamp)
    );
  }

  private write(e: number, x: Segment): void {
    const { entries } = this;
    entries[e + SEQ] = x.seq;
    entries[e + WINDOW] = x.window;
    entries[e + SCALE] = x.scale;
    entries[e + HAS_TIMESTAMP] = Number(x.hasTimestamp);
    entries[e + TIMESTAMP] = x.timestamp;
    entries[e + SECONDS] = x.seconds;
    entries[e + SACK] = Number(x.sackPermitted);
    entries[e + FAST_OPEN] = Number(x.fastOpen);
  }

  private read(e: number, x: Segment): void {
    const { entries } = this;
    x.seq = entries[e + SEQ]!;
    x.window = entries[e + WINDOW]!;
    x.scale = entries[e + SCALE]!;
    x.hasTimestamp = entries[e + HAS_TIMESTAMP] !== 0;
    x.timestamp = entries[e + TIMESTAMP]!;
    x.seconds = entries[e + SECONDS]! >>> 0;
    x.sackPermitted = entries[e + SACK] !== 0;
    x.fastOpen = entries[e + FAST_OPEN] !== 0;
    x.length = 0;
  }

  private take(): number {
    const recycled = this.free;
    if (recycled !== 0) {
      this.free = this.entries[recycled * INTS + NEXT]!;
      return recycled;
    }
    if (this.used >= CAPACITY) return 0;
    if (this.used * INTS >= this.entries.length) {
      const larger = new Int32Array(this.entries.length * 2);
      larger.set(this.entries);
      this.entries = larger;
    }
    return this.used++;
  }
}
