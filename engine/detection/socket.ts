/**
 * One side of a conversation as a detection reads it: what the client sends, or what the server sends.
 *
 * Each read is awaited with `yield*`. It gives the bytes, or says in a word why there are none. Bytes are a view that
 * is good until the next read: who keeps them copies them (`bytes.slice()`).
 */
import { PEEK, READ, RECV, SKIP, UNTIL } from './waits.js';

/** Why a read gives no bytes. */
export type Stop =
  /** The sender closed its side, or the flow is over. Every further read says so again. */
  | 'end'
  /** The connection was reset. */
  | 'reset'
  /** Bytes are missing for good, `missing` of them. The next read goes on behind them. */
  | 'gap'
  /** More bytes would have to be held than the limit; they are still to be read in smaller pieces. */
  | 'limit';

/** What a read gives: bytes, or why there are none. */
export type Chunk = Uint8Array | Stop;

/** Something that is awaited with `yield*`. */
export interface Reading<T> {
  [Symbol.iterator](): Iterator<undefined, T, undefined>;
}

/** Whoever waits for what a socket is asked for: the routine's flow. */
export interface Asker {
  /** @param kind one of `waits.ts` */
  ask<T>(kind: number, socket: DetectionSocket, count?: number, delimiter?: number | string): Reading<T>;
}

const EMPTY = new Uint8Array(0);
const MOST = Number.MAX_SAFE_INTEGER;

/** Up to so many bytes are looked at one by one. */
const LOOP_BYTES = 128;

const ENDED = 1;
const WAS_RESET = 2;
/** The reader was told of the end by `either`. */
const TOLD = 4;

/** One side of a conversation, read as programs read a socket. */
export class DetectionSocket {
  /** Unread bytes: `bytes[start, finish)`; the feeder's memory until `keep`. */
  private bytes: Uint8Array = EMPTY;
  private start = 0;
  private finish = 0;
  private state = 0;
  /** Bytes that the side has sent up to what is read next. */
  position = 0;
  /** Bytes missing behind the unread ones, or, after `gap` was told, before the next. */
  missing = 0;
  /** Unread bytes that there must be before the reader is woken. */
  private atLeast = 1;

  constructor(private readonly asker: Asker) {}

  // ── for authors ──

  /** Bytes that can be read without waiting. */
  get available(): number {
    return this.finish - this.start;
  }

  /** Some bytes: what is there, one at least, `max` at most. */
  recv(max: number = MOST): Reading<Chunk> {
    return this.asker.ask(RECV, this, max);
  }

  /** Exactly `count` bytes. Of a side that ended before, nothing is given. */
  read(count: number): Reading<Chunk> {
    return this.asker.ask(READ, this, count);
  }

  /** Exactly `count` bytes, which stay unread. */
  peek(count: number): Reading<Chunk> {
    return this.asker.ask(PEEK, this, count);
  }

  /**
   * Bytes up to and with the delimiter: a byte, or text (Latin-1).
   * @param limit with this many bytes and no delimiter in them: `limit`, and nothing is taken
   */
  readUntil(delimiter: number | string, limit: number = MOST): Reading<Chunk> {
    return this.asker.ask(UNTIL, this, limit, delimiter);
  }

  /** Passes over `count` bytes as they come, holding none. @returns undefined when they have passed */
  skip(count: number): Reading<Stop | undefined> {
    return this.asker.ask(SKIP, this, count);
  }

  /** Sets a flush point: `recv` waits until this many bytes are there (or no more will come). */
  flushAt(count: number): void {
    this.atLeast = Math.max(1, count);
  }

  // ── for the one who asks on behalf of the author ──

  /** Something can be told at once. */
  get isReady(): boolean {
    return this.available > 0 || this.missing > 0 || (this.state & (ENDED | TOLD)) === ENDED;
  }

  /** No byte will follow the unread ones before the reader is told why. */
  get isBroken(): boolean {
    return this.missing > 0 || this.hasEnded;
  }

  /** `recv` need not wait any longer. */
  isEnough(limit: number): boolean {
    return this.available >= Math.min(this.atLeast, limit) || this.isBroken;
  }

  get hasEnded(): boolean {
    return (this.state & ENDED) !== 0;
  }

  noteTold(): void {
    if (this.available === 0 && this.missing === 0 && this.hasEnded) this.state |= TOLD;
  }

  /** @returns undefined when there is nothing yet */
  some(max: number, limit: number): Chunk | undefined {
    const { available } = this;
    if (available > 0 && this.isEnough(limit)) return this.take(Math.min(max, available));
    return this.whyNot();
  }

  exactly(count: number, limit: number, taking: boolean): Chunk | undefined {
    // The same answer whatever has come so far.
    if (count > limit) return 'limit';
    if (this.available < count) return this.whyNot();
    return taking ? this.take(count) : this.bytes.subarray(this.start, this.start + count);
  }

  /** @returns how many of `count` bytes could be passed over, or why no more can */
  pass(count: number): number | Stop {
    const now = Math.min(count, this.available);
    this.start += now;
    this.position += now;
    if (now === count) return count;
    return this.whyNot() ?? now;
  }

  /** Where a byte stands, counted from the next unread one, looking from `from` on; -1 when it does not. */
  indexOf(delimiter: number, from: number, limit: number): number {
    const { bytes, start } = this;
    const first = start + from;
    const last = Math.min(this.finish, start + limit);
    // Calling into the runtime pays from some length on.
    if (last - first > LOOP_BYTES) {
      const at = bytes.subarray(first, last).indexOf(delimiter);
      return at < 0 ? -1 : at + from;
    }
    for (let i = first; i < last; i++) if (bytes[i] === delimiter) return i - start;
    return -1;
  }

  byteAt(index: number): number {
    return this.bytes[this.start + index]!;
  }

  take(count: number): Uint8Array {
    const taken = this.bytes.subarray(this.start, this.start + count);
    this.start += count;
    this.position += count;
    return taken;
  }

  /** Why nothing more will come before the reader is told; undefined while something may. */
  whyNot(): Stop | undefined {
    if (this.missing > 0) {
      // What was unread before the gap can never be completed.
      this.position += this.available + this.missing;
      this.start = this.finish;
      this.missing = 0;
      return 'gap';
    }
    if ((this.state & ENDED) === 0) return undefined;
    return (this.state & WAS_RESET) !== 0 ? 'reset' : 'end';
  }

  // ── for the feeder ──

  /** Bytes `[start, end)` of the side, which stay valid until `keep`. */
  feed(bytes: Uint8Array, start: number, end: number, limit: number): void {
    if (this.state !== 0) return;
    // Behind a gap that was not told yet nothing is held.
    if (this.missing > 0) this.missing += end - start;
    else if (this.available === 0) {
      this.bytes = bytes;
      this.start = start;
      this.finish = end;
    } else this.append(bytes, start, end, limit);
  }

  /** Copies what was not read, before the fed bytes become invalid; at most `limit` bytes. */
  keep(memory: Uint8Array, limit: number): void {
    if (this.available === 0) {
      this.bytes = EMPTY;
      this.start = 0;
      this.finish = 0;
    } else if (this.bytes === memory) {
      const held = Math.min(this.available, limit);
      this.missing += this.available - held;
      this.bytes = this.bytes.slice(this.start, this.start + held);
      this.start = 0;
      this.finish = held;
    }
  }

  gap(missing: number): void {
    if (this.state === 0) this.missing += missing;
  }

  end(reset: boolean): void {
    if (this.state === 0) this.state = reset ? ENDED | WAS_RESET : ENDED;
  }

  /** Nothing more of this side is wanted. */
  close(): void {
    this.bytes = EMPTY;
    this.start = 0;
    this.finish = 0;
    this.missing = 0;
    this.state = ENDED | TOLD;
  }

  /** Bytes that this socket holds itself. */
  heldBytes(memory: Uint8Array): number {
    return this.bytes === memory ? 0 : this.bytes.length;
  }

  /** What is there, for the prefilter. */
  get view(): { readonly bytes: Uint8Array; readonly start: number; readonly finish: number } {
    return { bytes: this.bytes, start: this.start, finish: this.finish };
  }

  private append(bytes: Uint8Array, start: number, end: number, limit: number): void {
    const held = this.available;
    const whole = held + end - start;
    const kept = Math.min(whole, Math.max(limit, held));
    if (this.start + kept > this.bytes.length) {
      // A quarter more than there is keeps the cost of many small deliveries linear.
      const room = new Uint8Array(kept <= 64 ? 64 : Math.min(Math.max(limit, kept), kept + (kept >>> 1)));
      room.set(this.bytes.subarray(this.start, this.finish));
      this.bytes = room;
      this.start = 0;
    }
    this.bytes.set(bytes.subarray(start, start + kept - held), this.start + held);
    this.finish = this.start + kept;
    this.missing += whole - kept;
  }
}
