/**
 * One side of a connection as a detection reads it: what the client sends, or what the server sends.
 *
 * Each read is awaited with `yield*`. It returns the bytes, or a word saying why there are none. Bytes are a view that
 * is valid until the next read: copy them to keep them (`bytes.slice()`).
 */
import { PEEK, READ, RECV, SKIP, UNTIL } from './read-requests.js';

/** Why a read returns no bytes. */
export type Stop =
  /** The sender closed its side, or the flow is over. Every further read returns this again. */
  | 'end'
  /** The connection was reset. */
  | 'reset'
  /** `missing` bytes are permanently missing. The next read continues after them. */
  | 'gap'
  /** More bytes would have to be held than the limit; they can still be read in smaller pieces. */
  | 'limit';

/** Result of a read: bytes, or why there are none. */
export type Chunk = Uint8Array | Stop;

/** Something that is awaited with `yield*`. */
export interface Reading<T> {
  [Symbol.iterator](): Iterator<undefined, T, undefined>;
}

/** The object that waits for the requests to a socket: the routine's flow. */
export interface ReadRequester {
  /** @param kind one of `read-requests.ts` */
  request<T>(kind: number, socket: DetectionSocket, count?: number, delimiter?: number | string): Reading<T>;
}

const EMPTY = new Uint8Array(0);
const MAX_BYTES = Number.MAX_SAFE_INTEGER;

/** Up to this many bytes are searched in a loop. */
const LOOP_BYTES = 128;

const ENDED = 1;
const WAS_RESET = 2;
/** The end was reported to the reader by `either`. */
const END_REPORTED = 4;

/** One side of a connection, read as programs read a socket. */
export class DetectionSocket {
  /** Unread bytes: `bytes[start, finish)`; the caller's memory until `keep`. */
  private bytes: Uint8Array = EMPTY;
  private start = 0;
  private finish = 0;
  private state = 0;
  /** Stream offset of the next byte to be read. */
  position = 0;
  /** Bytes missing after the unread ones or, after `gap` was returned, before the next. */
  missing = 0;
  /** Unread bytes required before the reader is resumed. */
  private flushPoint = 1;

  constructor(private readonly requester: ReadRequester) {}

  // ── for authors ──

  /** Bytes available without waiting. */
  get available(): number {
    return this.finish - this.start;
  }

  /** Available bytes: at least one, at most `max`. */
  recv(max: number = MAX_BYTES): Reading<Chunk> {
    return this.requester.request(RECV, this, max);
  }

  /** Exactly `count` bytes. If the side ends before, nothing is returned. */
  read(count: number): Reading<Chunk> {
    return this.requester.request(READ, this, count);
  }

  /** Exactly `count` bytes, which stay unread. */
  peek(count: number): Reading<Chunk> {
    return this.requester.request(PEEK, this, count);
  }

  /**
   * Bytes up to and including the delimiter: a byte, or text (Latin-1).
   * @param limit if this many bytes contain no delimiter: returns `limit`, and nothing is taken
   */
  readUntil(delimiter: number | string, limit: number = MAX_BYTES): Reading<Chunk> {
    return this.requester.request(UNTIL, this, limit, delimiter);
  }

  /** Skips `count` bytes as they arrive, without buffering. @returns undefined once they are skipped */
  skip(count: number): Reading<Stop | undefined> {
    return this.requester.request(SKIP, this, count);
  }

  /** Sets a flush point: `recv` waits until this many bytes are available (or no more will follow). */
  flushAt(count: number): void {
    this.flushPoint = Math.max(1, count);
  }

  // ── for the object that reads on behalf of the author ──

  /** A result is available at once. */
  get isReady(): boolean {
    return this.available > 0 || this.missing > 0 || (this.state & (ENDED | END_REPORTED)) === ENDED;
  }

  /** No byte will follow the unread ones before the reason is returned to the reader. */
  get endsHere(): boolean {
    return this.missing > 0 || this.hasEnded;
  }

  /** `recv` need not wait any longer. */
  hasEnough(limit: number): boolean {
    return this.available >= Math.min(this.flushPoint, limit) || this.endsHere;
  }

  get hasEnded(): boolean {
    return (this.state & ENDED) !== 0;
  }

  markEndReported(): void {
    if (this.available === 0 && this.missing === 0 && this.hasEnded) this.state |= END_REPORTED;
  }

  /** @returns undefined if there is nothing yet */
  takeSome(max: number, limit: number): Chunk | undefined {
    const { available } = this;
    if (available > 0 && this.hasEnough(limit)) return this.take(Math.min(max, available));
    return this.stopReason();
  }

  takeExactly(count: number, limit: number, taking: boolean): Chunk | undefined {
    // The same result regardless of how much has arrived.
    if (count > limit) return 'limit';
    if (this.available < count) return this.stopReason();
    return taking ? this.take(count) : this.bytes.subarray(this.start, this.start + count);
  }

  /** @returns how many of `count` bytes could be skipped, or why no more can */
  skipAvailable(count: number): number | Stop {
    const now = Math.min(count, this.available);
    this.start += now;
    this.position += now;
    if (now === count) return count;
    return this.stopReason() ?? now;
  }

  /** Index of a byte, relative to the next unread one, searching from `from`; -1 if not found. */
  indexOf(delimiter: number, from: number, limit: number): number {
    const { bytes, start } = this;
    const first = start + from;
    const last = Math.min(this.finish, start + limit);
    // A call into the runtime pays off only from some length on.
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

  /** Why nothing more will arrive before the reader is notified; undefined while something may. */
  stopReason(): Stop | undefined {
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

  // ── for the caller that feeds it ──

  /** Bytes `[start, end)` of the side, which stay valid until `keep`. */
  feed(bytes: Uint8Array, start: number, end: number, limit: number): void {
    if (this.state !== 0) return;
    // After a gap that was not returned yet nothing is held.
    if (this.missing > 0) this.missing += end - start;
    else if (this.available === 0) {
      this.bytes = bytes;
      this.start = start;
      this.finish = end;
    } else this.append(bytes, start, end, limit);
  }

  /** Copies unread bytes, before the fed bytes become invalid; at most `limit` bytes. */
  keep(memory: Uint8Array, limit: number): void {
    if (this.available === 0) {
      this.bytes = EMPTY;
      this.start = 0;
      this.finish = 0;
    } else if (this.bytes === memory) {
      const buffered = Math.min(this.available, limit);
      this.missing += this.available - buffered;
      this.bytes = this.bytes.slice(this.start, this.start + buffered);
      this.start = 0;
      this.finish = buffered;
    }
  }

  gap(missing: number): void {
    if (this.state === 0) this.missing += missing;
  }

  end(reset: boolean): void {
    if (this.state === 0) this.state = reset ? ENDED | WAS_RESET : ENDED;
  }

  /** No more data of this side is needed. */
  close(): void {
    this.bytes = EMPTY;
    this.start = 0;
    this.finish = 0;
    this.missing = 0;
    this.state = ENDED | END_REPORTED;
  }

  /** Bytes that this socket holds itself. */
  bufferedBytes(memory: Uint8Array): number {
    return this.bytes === memory ? 0 : this.bytes.length;
  }

  /** The available bytes, for the prefilter. */
  get view(): { readonly bytes: Uint8Array; readonly start: number; readonly finish: number } {
    return { bytes: this.bytes, start: this.start, finish: this.finish };
  }

  private append(bytes: Uint8Array, start: number, end: number, limit: number): void {
    const buffered = this.available;
    const whole = buffered + end - start;
    const kept = Math.min(whole, Math.max(limit, buffered));
    if (this.start + kept > this.bytes.length) {
      // Growing by a quarter keeps the cost of many small deliveries linear.
      const room = new Uint8Array(kept <= 64 ? 64 : Math.min(Math.max(limit, kept), kept + (kept >>> 1)));
      room.set(this.bytes.subarray(this.start, this.finish));
      this.bytes = room;
      this.start = 0;
    }
    this.bytes.set(bytes.subarray(start, start + kept - buffered), this.start + buffered);
    this.finish = this.start + kept;
    this.missing += whole - kept;
  }
}
