/**
 * A hash table in shared memory for state that spans flows: thresholds, xbits, hostbits. All threads see the same
 * entries. An entry has a key of integers, a few integer values and an expiry time.
 *
 * Entries are in small buckets; a bucket is locked for the duration of one change. If a bucket is full, the entry that
 * expires first is evicted.
 */
import { randomInt } from 'node:crypto';
import { mix } from '../../engine/memory/mix.js';
import { lock, unlock } from '../../engine/memory/shared-lock.js';

/** Number of integers in a key, and in a value. */
export const KEY_INTS = 11;
const VALUE_INTS = 4;

/** Expiry time in seconds of an entry that does not expire. */
export const FOREVER = 0xffffffff;

const LOCK = 0;
/** First bucket only: see `mark`. */
const MARK = 1;
/** First bucket only: hash seed. */
const SEED = 2;
/** Bucket header, which makes a bucket 512 bytes; then the entries: used, expiry (seconds), key, value. */
const HEADER_INTS = 9;
const ENTRY_USED = 0;
const ENTRY_EXPIRY = 1;
const ENTRY_KEY = 2;
const ENTRY_VALUE = ENTRY_KEY + KEY_INTS;
const ENTRY_INTS = ENTRY_VALUE + VALUE_INTS;
const ENTRIES = 7;
const BUCKET_INTS = HEADER_INTS + ENTRIES * ENTRY_INTS;

/**
 * Allocates a table of about this many bytes.
 * @param seed of its hash: random, so that nobody can construct colliding keys
 */
export function allocateTable(byteLength: number, seed = randomInt(2 ** 32)): SharedArrayBuffer {
  const buckets = Math.max(1, Math.floor(byteLength / (BUCKET_INTS * 4)));
  const buffer = new SharedArrayBuffer(buckets * BUCKET_INTS * 4);
  new Int32Array(buffer)[SEED] = seed;
  return buffer;
}

export class SharedTable {
  /** The key to look up: filled by the caller, with 0 in unused integers. */
  readonly key = new Int32Array(KEY_INTS);
  private readonly ints: Int32Array;
  private readonly buckets: number;
  private readonly seed: number;
  private bucket = 0;

  /** @param evicted called when an entry is evicted for another */
  constructor(
    buffer: SharedArrayBuffer,
    private readonly evicted: () => void = () => {},
  ) {
    this.ints = new Int32Array(buffer);
    this.buckets = Math.floor(this.ints.length / BUCKET_INTS);
    this.seed = this.ints[SEED]!;
  }

  /**
   * Runs `change` on the entry of `key` under its lock. A missing entry is created if `make` is set.
   * @param now seconds: entries that expired earlier are free
   * @param change receives the integers and the index of the first value; its result is returned
   * @returns -1 if there is no entry
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

  /**
   * Permanently signals to all threads that the table contains something rare: until then they need not look for it.
   */
  mark(): void {
    Atomics.store(this.ints, MARK, 1);
  }

  get isMarked(): boolean {
    return this.ints[MARK] !== 0;
  }

  /** Sets the expiry time of the entry whose value begins at `value`; seconds, at most FOREVER. */
  keepUntil(value: number, seconds: number): void {
    this.ints[value - ENTRY_VALUE + ENTRY_EXPIRY] = Math.min(seconds, FOREVER);
  }

  /** Expiry time of the entry whose value begins at `value`; seconds. */
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

  /** For the entry at `e`: seconds since the epoch, unsigned. */
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
    for (let i = 0; i < KEY_INTS; i++) hash = mix(hash, this.key[i]!);
    return hash >>> 0;
  }
}

/** A 64-bit hash of a name, independent of thread and rule set: two integers. */
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
