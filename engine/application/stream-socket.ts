/**
 * One direction of a session, read like a socket by a coroutine.
 *
 * The coroutine is a generator: it yields when it needs more data than available, and is resumed when new data of its
 * connection has arrived (never otherwise). Reads return a view of the bytes that stays valid until the next read; copy
 * bytes to keep them. A read that cannot be fulfilled returns `undefined`; `state` then gives the reason.
 *
 *     const line = yield* client.readUntil(10, 8192);
 *     if (!line) return;
 *
 * Data is read in place, in packet or stream memory. Only what is left over when the coroutine waits is copied.
 */
export type Reading<T> = Generator<void, T, void>;

/** Why a read returned nothing, or `open`. */
export type SocketState =
  | 'open'
  /** The sender closed its direction (FIN), or the session is over. */
  | 'end'
  | 'reset'
  /** Bytes are permanently missing; `resume` continues after them. */
  | 'gap'
  /** More bytes would have to be held than the limit allows. */
  | 'limit';

/** Receives bytes as they arrive: a view that is valid during the call. */
export type Sink = (bytes: Uint8Array) => void;

const EMPTY = new Uint8Array(0);
/** A buffer up to this size is kept while empty. */
const MAX_IDLE_BUFFER = 4096;

export class StreamSocket {
  state: SocketState = 'open';
  /** At the end: the sender may send more, but it is not reassembled any further (`stream.reassembly.depth`). */
  truncated = false;
  /** Offset in the stream of the next byte to be read. */
  position = 0;
  /** Size of a gap in bytes. */
  missing = 0;
  /** True once the coroutine must not be woken any more: it returned, or failed. */
  closed = false;

  /**
   * Bytes not read yet: `bytes[start, finish)`. They are the caller's memory until `keep`. The offsets stay 32-bit
   * integers (`| 0`): larger numbers would be boxed on the heap in every socket.
   */
  private bytes: Uint8Array = EMPTY;
  private start = 0;
  private finish = 0;
  private buffer: Uint8Array = EMPTY;
  /** Where `readUntil` continues searching, so that no byte is searched twice. */
  private searched = 0;
  /** Bytes still to be passed to the sink, or skipped, without resuming the coroutine. */
  private toPass = 0;
  private sink: Sink | undefined;

  /** @param limit bytes that may be held for a read that is not complete yet */
  constructor(public limit = 1 << 20) {}

  // ── for the coroutine ──

  /** Bytes that available without waiting. */
  get available(): number {
    return this.finish - this.start;
  }

  /** The unread bytes in memory: `view[offset, offset + available)`. No copy, no view object. */
  get view(): Uint8Array {
    return this.bytes;
  }

  get offset(): number {
    return this.start;
  }

  /** Takes `count` bytes that are available, without a view. */
  skip(count: number): void {
    this.start = (this.start + count) | 0;
    this.position += count;
    this.searched = 0;
  }

  /** Available bytes, at most `max`; waits for at least one. */
  *recv(max = Number.MAX_SAFE_INTEGER): Reading<Uint8Array | undefined> {
    while (this.available === 0) {
      if (this.state !== 'open') return undefined;
      yield;
    }
    return this.take(Math.min(max, this.available));
  }

  /** Exactly `count` bytes. */
  *read(count: number): Reading<Uint8Array | undefined> {
    if (!(this.available >= count || (yield* this.wait(count)))) return undefined;
    return this.take(count);
  }

  /** Exactly `count` bytes, left unread. */
  *peek(count: number): Reading<Uint8Array | undefined> {
    if (!(this.available >= count || (yield* this.wait(count)))) return undefined;
    return this.bytes.subarray(this.start, this.start + count);
  }

  /**
   * Bytes up to and including the delimiter. With more than `limit` bytes before it, nothing is taken and `state` is
   * `limit`.
   */
  *readUntil(delimiter: number, limit = this.limit): Reading<Uint8Array | undefined> {
    for (;;) {
      const context = this.indexOf(delimiter, limit);
      if (context >= 0) return this.take(context + 1);
      if (this.available >= limit) {
        this.state = this.state === 'open' ? 'limit' : this.state;
        return undefined;
      }
      if (this.state !== 'open') return undefined;
      yield;
    }
  }

  /** Waits until `count` bytes are available. @returns false when they never will be */
  *wait(count: number): Reading<boolean> {
    while (this.available < count) {
      if (count > this.limit && this.state === 'open') this.state = 'limit';
      if (this.state !== 'open') return false;
      yield;
    }
    return true;
  }

  /**
   * Passes `count` bytes to a sink as they arrive, without buffering: the coroutine is resumed after them.
   * @param sink gets views that are valid during the call; without one the bytes are skipped
   * @returns the number of bytes that did not arrive: the stream ended before, or has a gap
   */
  *pass(count: number, sink?: Sink): Reading<number> {
    let left = count;
    for (;;) {
      const now = Math.min(left, this.available);
      if (now > 0) this.passTo(sink, now);
      left -= now;
      if (left <= 0 || this.state !== 'open') return left;
      this.toPass = left;
      this.sink = sink;
      yield;
      left = this.toPass;
      this.toPass = 0;
      this.sink = undefined;
    }
  }

  /** Skips `count` bytes as they arrive, without buffering. @returns false if the stream ended before */
  *discard(count: number): Reading<boolean> {
    return (yield* this.pass(count)) <= 0;
  }

  /** Takes all available bytes, without waiting. */
  takeAll(): Uint8Array {
    return this.take(this.available);
  }

  /** After a gap: the next byte read is the first one after it. After a limit: reading continues where it stopped. */
  resume(): void {
    if (this.state === 'gap') {
      // What was unread before the gap can never be completed.
      this.position += this.available + this.missing;
      this.start = this.finish;
      this.missing = 0;
      this.searched = 0;
    }
    if (this.state === 'gap' || this.state === 'limit') this.state = 'open';
  }

  /**
   * Bytes up to and including the delimiter if available, at most `limit`; for many short lines that arrive together.
   */
  takeUntil(delimiter: number, limit: number): Uint8Array | undefined {
    const context = this.indexOf(delimiter, limit);
    return context < 0 ? undefined : this.take(context + 1);
  }

  private take(count: number): Uint8Array {
    const taken = this.bytes.subarray(this.start, this.start + count);
    this.skip(count);
    return taken;
  }

  private indexOf(delimiter: number, limit: number): number {
    const { bytes, start } = this;
    const from = start + this.searched;
    const to = Math.max(from, Math.min(this.finish, start + limit));
    // Lines are short: creating a view to search in would take longer than the search.
    for (let i = from; i < to; i++) if (bytes[i] === delimiter) return i - start;
    this.searched = (to - start) | 0;
    return -1;
  }

  private passTo(sink: Sink | undefined, count: number): void {
    if (sink) sink(this.take(count));
    else this.skip(count);
  }

  // ── for the caller that feeds it ──

  /** Bytes fed now would go to a sink, or be skipped: the coroutine need not be resumed for them. */
  get isPassing(): boolean {
    return this.toPass > 0 && this.start === this.finish;
  }

  /**
   * Passes bytes to the sink of `pass`, or skips them, as many as requested.
   * @returns how many it took
   */
  passToSink(bytes: Uint8Array, start: number, end: number): number {
    const count = Math.min(this.toPass, end - start);
    this.toPass -= count;
    this.position += count;
    this.sink?.(bytes.subarray(start, start + count));
    return count;
  }

  /** Everything to be passed on has been passed on. */
  get hasPassedAll(): boolean {
    return this.toPass === 0;
  }

  /** There is a sink. */
  get hasSink(): boolean {
    return this.sink !== undefined;
  }

  /** Supplies bytes to read; they must stay valid until `keep`. */
  feed(bytes: Uint8Array, start: number, end: number): void {
    if (this.available === 0) {
      this.bytes = bytes;
      this.start = start | 0;
      this.finish = end | 0;
      return;
    }
    this.append(bytes, start, end);
  }

  /** Keeps what the coroutine did not read, before the fed bytes become invalid. */
  keep(): void {
    if (this.available === 0) {
      this.bytes = EMPTY;
      this.start = 0;
      this.finish = 0;
      if (this.buffer.length > MAX_IDLE_BUFFER) this.buffer = EMPTY;
    } else if (this.bytes !== this.buffer) {
      const { bytes, start, finish } = this;
      this.start = 0;
      this.finish = 0;
      this.bytes = this.buffer;
      this.append(bytes, start, finish);
    }
  }

  /** Bytes are missing: reads fail with `gap` until the coroutine resumes. */
  gap(missing: number): void {
    this.state = 'gap';
    this.missing = missing;
  }

  /** @param cut see `StreamSocket.truncated` */
  end(reset: boolean, cut: boolean): void {
    this.truncated = cut;
    if (this.state !== 'gap' || this.available === 0) this.state = reset ? 'reset' : 'end';
  }

  private append(bytes: Uint8Array, start: number, end: number): void {
    const buffered = this.available;
    const needed = buffered + end - start;
    if (this.bytes !== this.buffer || this.start + needed > this.buffer.length) {
      // Moving the content of a half-empty buffer is rare enough. `set` handles overlapping views of one buffer.
      const target = 2 * needed > this.buffer.length ? new Uint8Array(capacityFor(2 * needed)) : this.buffer;
      target.set(this.bytes.subarray(this.start, this.finish), 0);
      this.buffer = target;
      this.bytes = target;
      this.start = 0;
    }
    this.buffer.set(bytes.subarray(start, end), this.start + buffered);
    this.finish = (this.start + needed) | 0;
  }
}

/** Doubling keeps the cost of many small deliveries linear. */
function capacityFor(needed: number): number {
  return Math.max(256, 2 ** Math.ceil(Math.log2(needed)));
}
