/**
 * One direction of a conversation, read like a socket by a coroutine.
 *
 * The coroutine is a generator: it yields when it needs more than is there, and is resumed when new data of its
 * connection has come (never otherwise). Reads return a view of the bytes that stays valid until the next read;
 * whoever keeps bytes copies them. A read that cannot be fulfilled returns `undefined`; `state` then says why.
 *
 *     const line = yield* client.readUntil(10, 8192);
 *     if (!line) return;
 *
 * Data is read where it lies, in packet or stream memory. Only what is left over when the coroutine waits is copied.
 */
export type Reading<T> = Generator<void, T, void>;

/** Why a read returned nothing, or `open`. */
export type SocketState =
  | 'open'
  /** The sender closed its direction (FIN), or the conversation is over. */
  | 'end'
  | 'reset'
  /** Bytes are missing for good; `resume` goes on behind them. */
  | 'gap'
  /** More bytes would have to be held than the limit allows. */
  | 'limit';

/** Takes bytes as they come: a view that is valid during the call. */
export type Sink = (bytes: Uint8Array) => void;

const EMPTY = new Uint8Array(0);
/** A store up to this size is kept while it is empty. */
const KEPT_STORE = 4096;

export class StreamSocket {
  state: SocketState = 'open';
  /** At its end: the sender may say more, but it is not followed any further (`stream.reassembly.depth`). */
  cut = false;
  /** Offset in the stream of the next byte to be read. */
  position = 0;
  /** Bytes missing at a gap. */
  missing = 0;
  /** True once the coroutine must not be woken any more: it returned, or failed. */
  closed = false;

  /**
   * Bytes not read yet: `bytes[start, finish)`. They are the caller's memory until `keep`. These numbers stay 32-bit
   * integers (`| 0`): one that was calculated from a larger number would take a box of its own in every socket.
   */
  private bytes: Uint8Array = EMPTY;
  private start = 0;
  private finish = 0;
  private store: Uint8Array = EMPTY;
  /** Where `readUntil` goes on looking, so that no byte is looked at twice. */
  private searched = 0;
  /** Bytes that go to the sink, or are skipped, without waking the coroutine. */
  private passing = 0;
  private sink: Sink | undefined;

  /** @param limit bytes that may be held for a read that is not complete yet */
  constructor(public limit = 1 << 20) {}

  // ── for the coroutine ──

  /** Bytes that can be read without waiting. */
  get available(): number {
    return this.finish - this.start;
  }

  /** The unread bytes as they lie in memory: `view[offset, offset + available)`. No copy, no view object. */
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

  /** Some bytes: what is there, at most `max`; waits until there is at least one. */
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

  /** Bytes up to and with the delimiter. With more than `limit` bytes before it, nothing is taken and state is `limit`. */
  *readUntil(delimiter: number, limit = this.limit): Reading<Uint8Array | undefined> {
    for (;;) {
      const at = this.indexOf(delimiter, limit);
      if (at >= 0) return this.take(at + 1);
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
   * Gives `count` bytes to a sink as they come, holding none: the coroutine is woken behind them.
   * @param sink gets views that are valid during the call; without one the bytes are skipped
   * @returns how many did not come: the stream ended before, or lacks bytes
   */
  *pass(count: number, sink?: Sink): Reading<number> {
    let left = count;
    for (;;) {
      const now = Math.min(left, this.available);
      if (now > 0) this.giveTo(sink, now);
      left -= now;
      if (left <= 0 || this.state !== 'open') return left;
      this.passing = left;
      this.sink = sink;
      yield;
      left = this.passing;
      this.passing = 0;
      this.sink = undefined;
    }
  }

  /** Skips `count` bytes as they come, holding none. @returns false when the stream ended before */
  *discard(count: number): Reading<boolean> {
    return (yield* this.pass(count)) <= 0;
  }

  /** Takes all that is there, without waiting. */
  rest(): Uint8Array {
    return this.take(this.available);
  }

  /** After a gap: the next byte read is the first one behind it. After a limit: reading goes on where it stopped. */
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

  /** Bytes up to and with the delimiter, when they are there, at most `limit`; for many short lines that come at once. */
  takeUntil(delimiter: number, limit: number): Uint8Array | undefined {
    const at = this.indexOf(delimiter, limit);
    return at < 0 ? undefined : this.take(at + 1);
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
    // Lines are short: a view to search in would take longer than the search.
    for (let i = from; i < to; i++) if (bytes[i] === delimiter) return i - start;
    this.searched = (to - start) | 0;
    return -1;
  }

  private giveTo(sink: Sink | undefined, count: number): void {
    if (sink) sink(this.take(count));
    else this.skip(count);
  }

  // ── for whoever feeds it ──

  /** Bytes fed now would go to a sink, or be skipped: the coroutine need not be woken for them. */
  get isPassing(): boolean {
    return this.passing > 0 && this.start === this.finish;
  }

  /**
   * Gives bytes to the sink of `pass`, or skips them, as many as it asked for.
   * @returns how many it took
   */
  passOn(bytes: Uint8Array, start: number, end: number): number {
    const count = Math.min(this.passing, end - start);
    this.passing -= count;
    this.position += count;
    this.sink?.(bytes.subarray(start, start + count));
    return count;
  }

  /** What was to be passed on is through. */
  get hasPassed(): boolean {
    return this.passing === 0;
  }

  /** Somebody takes what passes. */
  get hasSink(): boolean {
    return this.sink !== undefined;
  }

  /** Gives bytes to read; they must stay valid until `keep`. */
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
      if (this.store.length > KEPT_STORE) this.store = EMPTY;
    } else if (this.bytes !== this.store) {
      const { bytes, start, finish } = this;
      this.start = 0;
      this.finish = 0;
      this.bytes = this.store;
      this.append(bytes, start, finish);
    }
  }

  /** Bytes are missing: reads fail with `gap` until the coroutine resumes. */
  gap(missing: number): void {
    this.state = 'gap';
    this.missing = missing;
  }

  /** @param cut see `StreamSocket.cut` */
  end(reset: boolean, cut: boolean): void {
    this.cut = cut;
    if (this.state !== 'gap' || this.available === 0) this.state = reset ? 'reset' : 'end';
  }

  private append(bytes: Uint8Array, start: number, end: number): void {
    const held = this.available;
    const needed = held + end - start;
    if (this.bytes !== this.store || this.start + needed > this.store.length) {
      // A store that is half empty is moved seldom enough. `set` handles overlapping views of one buffer.
      const target = 2 * needed > this.store.length ? new Uint8Array(roomFor(2 * needed)) : this.store;
      target.set(this.bytes.subarray(this.start, this.finish), 0);
      this.store = target;
      this.bytes = target;
      this.start = 0;
    }
    this.store.set(bytes.subarray(start, end), this.start + held);
    this.finish = (this.start + needed) | 0;
  }
}

/** Doubling keeps the cost of many small deliveries linear. */
function roomFor(needed: number): number {
  return Math.max(256, 2 ** Math.ceil(Math.log2(needed)));
}
