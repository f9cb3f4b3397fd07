/**
 * A queue of packets between exactly one producer and one consumer: a ring of slot numbers in shared memory.
 *
 * Both ends work without locks: the producer writes slots and then publishes its tail once per batch, the consumer
 * reads and then publishes its head once per batch. Those two stores are the only atomic operations.
 */
const HEAD = 0;
/** On another cache line than HEAD, to avoid false sharing. */
const TAIL = 16;
const CLOSED = 32;
/** Last ticket that the producer has passed on, modulo 2^32, for consumers that restore order. */
const WATERMARK = 48;
const HEADER_INTS = 64;

export class Ring {
  private readonly ints: Int32Array;
  private readonly mask: number;
  /** Producer's and consumer's private copies of what they publish. */
  private tail: number;
  private head: number;

  /** @param buffer created by `Ring.allocate` */
  constructor(readonly buffer: SharedArrayBuffer) {
    this.ints = new Int32Array(buffer);
    this.mask = this.ints.length - HEADER_INTS - 1;
    this.tail = this.ints[TAIL]!;
    this.head = this.ints[HEAD]!;
  }

  /** @param capacity number of packets; rounded up to a power of two */
  static allocate(capacity: number): SharedArrayBuffer {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(2, capacity)));
    return new SharedArrayBuffer((HEADER_INTS + slots) * 4);
  }

  get capacity(): number {
    return this.mask + 1;
  }

  // ── producer ──

  /** Adds a packet; the consumer sees it after `publish`. @returns false if the ring is full */
  push(slot: number): boolean {
    if (((this.tail - Atomics.load(this.ints, HEAD)) | 0) > this.mask) return false;
    this.ints[HEADER_INTS + (this.tail & this.mask)] = slot;
    this.tail = (this.tail + 1) | 0;
    return true;
  }

  /** Packets that can be pushed now. */
  freeSlots(): number {
    return this.capacity - ((this.tail - Atomics.load(this.ints, HEAD)) | 0);
  }

  /** Makes pushed packets visible to the consumer. */
  publish(): void {
    Atomics.store(this.ints, TAIL, this.tail);
  }

  /** Signals that nothing more will be pushed. */
  close(): void {
    Atomics.store(this.ints, CLOSED, 1);
  }

  /** Signals that every packet up to this ticket has been pushed (to whichever consumer). */
  publishWatermark(ticket: number): void {
    Atomics.store(this.ints, WATERMARK, ticket);
  }

  // ── consumer ──

  /** Packets that can be read now. */
  readable(): number {
    return (Atomics.load(this.ints, TAIL) - this.head) | 0;
  }

  /** The packet `ahead` places after the next one; the caller knows that it exists (see `readable`). */
  peek(ahead = 0): number {
    return this.ints[HEADER_INTS + ((this.head + ahead) & this.mask)]!;
  }

  /** Takes the next packet; the caller knows that one exists. Its place is free after `release`. */
  take(): number {
    const slot = this.ints[HEADER_INTS + (this.head & this.mask)]!;
    this.head = (this.head + 1) | 0;
    return slot;
  }

  /** Returns the places of taken packets to the producer. */
  release(): void {
    Atomics.store(this.ints, HEAD, this.head);
  }

  /** True if the producer has closed; if nothing is readable *afterwards*, the ring is done. */
  closed(): boolean {
    return Atomics.load(this.ints, CLOSED) !== 0;
  }

  watermark(): number {
    return Atomics.load(this.ints, WATERMARK);
  }

  // ── anyone ──

  /** Estimated number of waiting packets. */
  backlog(): number {
    return (Atomics.load(this.ints, TAIL) - Atomics.load(this.ints, HEAD)) | 0;
  }
}
