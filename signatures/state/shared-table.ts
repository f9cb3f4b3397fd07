/**
 * A table in shared memory for state that spans flows: thresholds, xbits, hostbits. All threads see the same
 * entries. An entry is found by a key of numbers; it holds a few numbers and the time until which it is good.
 *
 * Entries lie in buckets of a few; a bucket is locked for the moment of one change. Where a bucket is full, the
 * entry that ends first gives way.
 */
import { randomInt } from 'node:crypto';
import { lock, unlock } from '../../engine/memory/shared-lock.js';
import { stir } from '../../engine/memory/stir.js';

/** Numbers of a key, and of a value. */
export const KEY_INTS = 11;
const VALUE_INTS = 4;

/** Until when an entry is good that does not expire; seconds. */
export const FOREVER = 0xffffffff;

const LOCK = 0;
/** Of the first bucket alone: see `mark`. */
const MARK = 1;
/** Of the first bucket alone: what hashes begin with. */
const SEED = 2;
/** Bucket header, which makes a bucket 512 bytes; then entries: used, expiry (seconds), key, value. */
const HEADER_INTS = 9;
const ENTRY_USED = 0;
const ENTRY_EXPIRY = 1;
const ENTRY_KEY = 2;
const ENTRY_VALUE = ENTRY_KEY + KEY_INTS;
const ENTRY_INTS = ENTRY_VALUE + VALUE_INTS;
const ENTRIES = 7;
const BUCKET_INTS = HEADER_INTS + ENTRIES * ENTRY_INTS;

/**
 * Memory of a table of about this many bytes.
 * @param seed of its hash: random, so that nobody knows which keys meet
 */
export function allocateTable(byteLength: number, seed = randomInt(2 ** 32)): SharedArrayBuffer {
  const buckets = Math.max(1, Math.floor(byteLength / (BUCKET_INTS * 4)));
  const buffer = new SharedArrayBuffer(buckets * BUCKET_INTS * 4);
  new Int32Array(buffer)[SEED] = seed;
  return buffer;
}

export class SharedTable {
  /** The key to be looked up: filled by the caller, unused numbers 0. */
  readonly key = new Int32Array(KEY_INTS);
  private readonly ints: Int32Array;
  private readonly buckets: number;
  private readonly seed: number;
  private bucket = 0;

  /** @param evicted called when an entry gives way to another */
  constructor(
    buffer: SharedArrayBuffer,
    private readonly evicted: () => void = () => {},
  ) {
    this.ints = new Int32Array(buffer);
    this.buckets = Math.floor(this.ints.length / BUCKET_INTS);
    this.seed = this.ints[SEED]!;
  }

  /**
   * Runs `change` on the entry of `key`, alone. The entry is made when there is none and `make` says so.
   * @param now seconds: what expired before is free
   * @param change gets the numbers and the index of the first value; returns what `with` returns
   * @returns -1 when there is no entry
   */
  with(
    now: number,
    make: boolean,
    change: (ints: Int32Array, value: number, isNew: boolean) => number,
  ): number {
    const held = this.lock();
    try {
      const found = this.find(now);
      if (found >= 0) return change(this.ints, found + ENTRY_VALUE, false);
      if (!make) return -1;
      const made = this.take(now);
      return change(this.ints, made + ENTRY_VALUE, true);
    } finally {
      unlock(this.ints, this.bucket + LOCK, held);
    }
  }

  /** Tells all threads, for good, that it holds something that is rare: who looks for it need not before. */
  mark(): void {
    Atomics.store(this.ints, MARK, 1);
  }

  get isMarked(): boolean {
    return this.ints[MARK] !== 0;
  }

  /** Sets until when the entry whose value begins at `value` is good; seconds. Later than FOREVER is FOREVER. */
  keepUntil(value: number, seconds: number): void {
    this.ints[value - ENTRY_VALUE + ENTRY_EXPIRY] = Math.min(seconds, FOREVER);
  }

  /** Until when the entry whose value begins at `value` is good; seconds. */
  goodUntil(value: number): number {
    return this.expiry(value - ENTRY_VALUE);
  }

  /** Removes the entry whose value begins at `value`. */
  remove(value: number): void {
    this.ints[value - ENTRY_VALUE + ENTRY_USED] = 0;
  }

  private find(now: number): number {
    const { ints } = this;
    for (let i = 0; i < ENTRIES; i++) {
      const e = this.entry(i);
      if (ints[e + ENTRY_USED] === 0) continue;
      if (this.expiry(e) < now) ints[e + ENTRY_USED] = 0;
      else if (this.isKey(e + ENTRY_KEY)) return e;
    }
    return -1;
  }

  private take(now: number): number {
    const { ints } = this;
    let best = this.entry(0);
    for (let i = 0; i < ENTRIES; i++) {
      const e = this.entry(i);
      if (ints[e + ENTRY_USED] === 0) {
        best = e;
        break;
      }
      if (this.expiry(e) < this.expiry(best)) best = e;
    }
    if (ints[best + ENTRY_USED] !== 0) this.evicted();
    ints[best + ENTRY_USED] = 0;
    ints[best + ENTRY_EXPIRY] = now;
    ints.set(this.key, best + ENTRY_KEY);
    ints.fill(0, best + ENTRY_VALUE, best + ENTRY_VALUE + VALUE_INTS);
    ints[best + ENTRY_USED] = 1;
    return best;
  }

  /** Of the entry at `e`: seconds since the epoch, unsigned. */
  private expiry(e: number): number {
    return this.ints[e + ENTRY_EXPIRY]! >>> 0;
  }

  private entry(i: number): number {
    return this.bucket + HEADER_INTS + i * ENTRY_INTS;
  }

  private isKey(at: number): boolean {
    for (let i = 0; i < KEY_INTS; i++) {
      if (this.ints[at + i] !== this.key[i]) return false;
    }
    return true;
  }

  private lock(): number {
    this.bucket = (this.hash() % this.buckets) * BUCKET_INTS;
    return lock(this.ints, this.bucket + LOCK);
  }

  private hash(): number {
    let hash = this.seed;
    for (let i = 0; i < KEY_INTS; i++) hash = stir(hash, this.key[i]!);
    return hash >>> 0;
  }
}

/** 64 bits that stand for a name, whatever the thread or rule set: two numbers. */
export function nameHash(name: string): readonly [number, number] {
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b) ^ (low >>> 11);
  }
  return [low | 0, high | 0];
}
