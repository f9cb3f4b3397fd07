/**
 * State of a detection across flows: a bounded table in shared memory, visible to all threads, whose entries expire. An
 * entry is a few numbers under a text key.
 *
 *     const tries = sharedTable('tries', { numbers: 2, entries: 65_536, seconds: 300 });
 *     const count = tries.update(flow.clientAddress, packet.time, values => ++values[0]!);
 *
 * The author's function runs on a copy, outside the lock; if another thread changed the entry meanwhile, it runs again
 * on the new numbers.
 */

import { randomInt } from 'node:crypto';
import { mix } from '../memory/mix.js';
import { lock, unlock } from '../memory/shared-lock.js';

/** A bucket: lock, then entries with used, expiry, version, spare, four words of key, values. */
const BUCKET_HEADER = 4;
/** In the first bucket only: seeds of three of the hashes. */
const SEEDS = 1;
const ENTRIES = 4;
const USED = 0;
const EXPIRY = 1;
const VERSION = 2;
const KEY = 4;
const KEY_INTS = 4;
const VALUES = KEY + KEY_INTS;
/** After this many concurrent changes, the last one wins. */
const TRIES = 16;
/** The end of unsigned seconds. */
const LATEST = 0xffffffff;

/** Size of a table, and lifetime of its entries. */
export interface TableShape {
  /** Numbers per entry, 1 to 64; initially 0. */
  readonly numbers: number;
  /** Approximate number of entries: in a full bucket, the entry that expires first is evicted. */
  readonly entries?: number;
  /** How long an entry stays without an update; seconds of packet time. */
  readonly seconds: number;
}

/** Memory layout of a table. */
export interface TablePlan extends Required<TableShape> {
  readonly name: string;
}

/** @throws Error saying what was expected */
export function tablePlan(name: string, { numbers, entries = 16_384, seconds }: TableShape): TablePlan {
  const check = (what: string, value: number, most: number) => {
    if (!Number.isInteger(value) || value < 1 || value > most)
      throw new Error(`table ${name}: ${what} is ${value}, expected a whole number from 1 to ${most}`);
  };
  check('numbers', numbers, 64);
  check('entries', entries, 1 << 22);
  check('seconds', seconds, 1 << 30);
  return { name, numbers, entries, seconds };
}

function entryInts({ numbers }: TableShape): number {
  return VALUES + 2 * numbers;
}

function bucketInts(plan: TableShape): number {
  return BUCKET_HEADER + ENTRIES * entryInts(plan);
}

/** @param seed of its hashes; random by default, so that collisions cannot be constructed */
export function allocateSharedTable(plan: TablePlan, seed?: number): SharedArrayBuffer {
  const buckets = Math.ceil(plan.entries / ENTRIES);
  const buffer = new SharedArrayBuffer(buckets * bucketInts(plan) * 4);
  const seeds = new Int32Array(buffer, SEEDS * 4, BUCKET_HEADER - SEEDS);
  for (let i = 0; i < seeds.length; i++) seeds[i] = seed === undefined ? randomInt(2 ** 32) : seed + i;
  return buffer;
}

/** A table that all threads share: some numbers under each key. */
export class SharedNumbers {
  private readonly ints: Int32Array;
  private readonly doubles: Float64Array;
  private readonly buckets: number;
  private readonly key = new Int32Array(KEY_INTS);
  private readonly copy: Float64Array;
  private bucket = 0;
  /** Lookups so far. */
  private finds = 0;

  constructor(
    buffer: SharedArrayBuffer,
    private readonly plan: TablePlan,
  ) {
    this.ints = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
    this.buckets = Math.floor(this.ints.length / bucketInts(plan));
    this.copy = new Float64Array(plan.numbers);
  }

  /**
   * Changes the numbers under a key; they are 0 when there is no entry.
   * @param now time in seconds: entries that ended before are gone
   * @param change may run more than once; what it returns last is returned
   */
  update<T>(key: string, now: number, change: (values: Float64Array) => T): T {
    for (let i = 0; ; i++) {
      const found = this.find(key);
      const version = this.read(now);
      const result = change(this.copy);
      // It may have looked up other entries.
      if (this.finds !== found) this.find(key);
      if (this.write(now, version, i === TRIES)) return result;
    }
  }

  /** The numbers under a key, undefined without an entry. */
  get(key: string, now: number): Float64Array | undefined {
    this.find(key);
    return this.read(now) < 0 ? undefined : this.copy.slice();
  }

  /** Removes an entry. */
  remove(key: string, now: number): void {
    this.find(key);
    const lockWord = lock(this.ints, this.bucket);
    const at = this.entryOf(now);
    if (at >= 0) this.ints[at + USED] = 0;
    unlock(this.ints, this.bucket, lockWord);
  }

  /** @returns the entry's version, -1 without one */
  private read(now: number): number {
    const { copy, doubles } = this;
    const lockWord = lock(this.ints, this.bucket);
    const at = this.entryOf(now);
    const from = (at + VALUES) / 2;
    // A few numbers: copying them one by one is cheaper than creating a view.
    for (let i = 0; i < copy.length; i++) copy[i] = at < 0 ? 0 : doubles[from + i]!;
    const version = at < 0 ? -1 : this.ints[at + VERSION]!;
    unlock(this.ints, this.bucket, lockWord);
    return version;
  }

  /** @returns false when another thread changed the entry since `version` was read */
  private write(now: number, version: number, anyway: boolean): boolean {
    const lockWord = lock(this.ints, this.bucket);
    const found = this.entryOf(now);
    const current = found < 0 ? -1 : this.ints[found + VERSION]!;
    const isMine = current === version || anyway;
    if (isMine) this.put(found < 0 ? this.take() : found, now);
    unlock(this.ints, this.bucket, lockWord);
    return isMine;
  }

  private put(at: number, now: number): void {
    const { copy, doubles, ints } = this;
    const to = (at + VALUES) / 2;
    for (let i = 0; i < copy.length; i++) doubles[to + i] = copy[i]!;
    ints[at + EXPIRY] = Math.min(LATEST, Math.max(this.expiry(at), Math.ceil(now) + this.plan.seconds));
    ints[at + VERSION] = (ints[at + VERSION]! + 1) & 0x3fffffff;
  }

  /** Evicts the entry that expires first. */
  private take(): number {
    const { ints } = this;
    let best = this.entry(0);
    for (let i = 0; i < ENTRIES; i++) {
      const at = this.entry(i);
      if (ints[at + USED] === 0) {
        best = at;
        break;
      }
      if (this.expiry(at) < this.expiry(best)) best = at;
    }
    ints[best + EXPIRY] = 0;
    ints.set(this.key, best + KEY);
    ints[best + USED] = 1;
    return best;
  }

  private entryOf(now: number): number {
    const { ints } = this;
    for (let i = 0; i < ENTRIES; i++) {
      const at = this.entry(i);
      if (ints[at + USED] === 0 || !this.isKey(at + KEY)) continue;
      if (this.expiry(at) >= now) return at;
      ints[at + USED] = 0;
    }
    return -1;
  }

  /** Expiry of the entry at `at`: seconds since the epoch, unsigned. */
  private expiry(at: number): number {
    return this.ints[at + EXPIRY]! >>> 0;
  }

  private isKey(at: number): boolean {
    for (let i = 0; i < KEY_INTS; i++) if (this.ints[at + i] !== this.key[i]) return false;
    return true;
  }

  private entry(i: number): number {
    return this.bucket + BUCKET_HEADER + i * entryInts(this.plan);
  }

  /** The text is represented by 128 bits: an accidental collision is not to be expected. */
  private find(key: string): number {
    let a = this.ints[SEEDS]!;
    let b = this.ints[SEEDS + 1]!;
    let c = this.ints[SEEDS + 2]!;
    let d = a ^ key.length;
    for (let i = 0; i < key.length; i++) {
      const code = key.charCodeAt(i);
      a = Math.imul(a ^ code, 0x01000193);
      b = Math.imul(b ^ code, 0xcc9e2d51) ^ (a >>> 13);
      c = Math.imul(c ^ code, 0x1b873593) ^ (b >>> 15);
      d = Math.imul(d ^ code, 0x27d4eb2f) ^ (c >>> 11);
    }
    const hash = this.key;
    hash[0] = a;
    hash[1] = b;
    hash[2] = c;
    hash[3] = d;
    this.bucket = ((mix(a, d) >>> 0) % this.buckets) * bucketInts(this.plan);
    return ++this.finds;
  }
}

/**
 * Declares a table at the top level of a detection's file. In the engine all threads share it; elsewhere (in the
 * author's tests) it is private to its creator.
 */
export function sharedTable(name: string, shape: TableShape): SharedNumbers {
  const plan = tablePlan(name, shape);
  return new SharedNumbers(allocateSharedTable(plan), plan);
}
