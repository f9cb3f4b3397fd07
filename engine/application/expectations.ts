/**
 * Expected sessions that another session announced: a connection between two hosts to a negotiated port is of a certain
 * protocol (the data connections of FTP). In shared memory, as they may be flows of other threads.
 */

import { mix } from '../memory/mix.js';
import { lock, unlock } from '../memory/shared-lock.js';
import type { Thread } from '../module.js';

/** Shared object with the memory, see `Thread.shared`. */
export const EXPECTATIONS = 'expectations';

/** An announced session. */
export interface Expectation {
  /** Protocol number, from 1. */
  readonly protocol: number;
  /** Passed to its parser: plain data. */
  readonly detail: unknown;
}

const ENTRIES = 1024;
/** Limit per pair of hosts: beyond it their own entries are evicted, so that no pair evicts the entries of others. */
const MAX_PER_PAIR = 64;
/** Timeout of an entry in seconds. */
const TIMEOUT_SECONDS = 30;

/**
 * Word 0: the lock; word 1: number of entries ever used; word 2: incremented with each change. They are followed by the
 * lookup keys of the entries, column by column, and then the entries.
 */
const HEADER_INTS = 3;
const LOCK = 0;
const USED = 1;
const CHANGES = 2;
/** Columns: the second at which it expires (0: free), the port, a hash of the two hosts. */
const EXPIRY = HEADER_INTS;
const PORT = EXPIRY + ENTRIES;
const PAIR = PORT + ENTRIES;
/** Entries: protocol, byte length of the detail, the two hosts, the detail. */
const FIRST = PAIR + ENTRIES;
const PROTOCOL = 0;
const LENGTH = 1;
const ADDRESSES = 2;
const DETAIL = 10;
const ENTRY_INTS = 382;
/** Maximum bytes of detail; producers truncate longer ones. */
export const MAX_DETAIL_BYTES = (ENTRY_INTS - DETAIL) * 4;

export function allocateExpectations(): SharedArrayBuffer {
  return new SharedArrayBuffer((FIRST + ENTRIES * ENTRY_INTS) * 4);
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const EMPTY = new Uint8Array(0);

export class Expectations {
  private readonly ints: Int32Array;
  private readonly bytes: Uint8Array;
  /** Second of the last announcement or lookup. */
  private latestSecond = 0;
  /** The last count and its time, cached because it is requested often. */
  private readonly cachedCount = { changes: 0, second: 0, waiting: 0 };
  private readonly pair = new Int32Array(8);
  private readonly pairBytes = new Uint8Array(this.pair.buffer);
  private pairHash = 0;

  /** @param thread whose part of the input the entries belong to */
  constructor(
    memory: SharedArrayBuffer = allocateExpectations(),
    private readonly thread: Pick<Thread, 'inputPart'> = {},
  ) {
    this.ints = new Int32Array(memory);
    this.bytes = new Uint8Array(memory);
  }

  /** Nothing was announced yet. */
  get isEmpty(): boolean {
    return this.ints[USED] === 0;
  }

  /** Number of expected sessions. */
  get pending(): number {
    const { cachedCount, latestSecond } = this;
    const changes = this.ints[CHANGES]!;
    if (cachedCount.changes !== changes || cachedCount.second !== latestSecond) {
      cachedCount.changes = changes;
      cachedCount.second = latestSecond;
      cachedCount.waiting = this.count();
    }
    return cachedCount.waiting;
  }

  private count(): number {
    const { ints } = this;
    let count = 0;
    for (let i = 0; i < ints[USED]!; i++)
      if (ints[EXPIRY + i] !== 0 && this.expiryOf(i) >= this.latestSecond) count++;
    return count;
  }

  /**
   * Announces a session. Without room, the entry that expires first is evicted: one of the same hosts if they have
   * many.
   * @param a one host, 4 or 16 bytes  @param b the other  @param now seconds
   * @returns false if its detail is too long
   */
  add(a: Uint8Array, b: Uint8Array, port: number, now: number, { protocol, detail }: Expectation): boolean {
    const text = encoder.encode(JSON.stringify(detail ?? null));
    if (text.length > MAX_DETAIL_BYTES) return false;
    this.latestSecond = Math.max(this.latestSecond, now);
    this.selectPair(a, b);
    const { ints } = this;
    const lockWord = lock(ints, LOCK);
    const i = this.slotFor(port, now);
    const e = FIRST + i * ENTRY_INTS;
    // Free until it is complete.
    ints[EXPIRY + i] = 0;
    ints[PORT + i] = this.portInPart(port);
    ints[PAIR + i] = this.pairHash;
    ints[e + PROTOCOL] = protocol;
    ints[e + LENGTH] = text.length;
    ints.set(this.pair, e + ADDRESSES);
    this.bytes.set(text, (e + DETAIL) * 4);
    ints[EXPIRY + i] = now + TIMEOUT_SECONDS;
    Atomics.store(ints, USED, Math.max(ints[USED]!, i + 1));
    ints[CHANGES]!++;
    unlock(ints, LOCK, lockWord);
    return true;
  }

  /** Takes the announcement for two hosts and a port; undefined if there is none. */
  take(a: Uint8Array, b: Uint8Array, port: number, now: number): Expectation | undefined {
    if (this.isEmpty) return undefined;
    this.latestSecond = Math.max(this.latestSecond, now);
    this.selectPair(a, b);
    // Most sessions were not announced: no lock for them.
    if (this.find(port) < 0) return undefined;
    const lockWord = lock(this.ints, LOCK);
    const i = this.find(port);
    const e = FIRST + i * ENTRY_INTS;
    const protocol = i >= 0 && this.expiryOf(i) >= now ? this.ints[e + PROTOCOL]! : 0;
    // TextDecoder does not accept views of shared memory.
    const text =
      protocol > 0 ? this.bytes.slice((e + DETAIL) * 4, (e + DETAIL) * 4 + this.ints[e + LENGTH]!) : EMPTY;
    if (i >= 0) {
      this.ints[EXPIRY + i] = 0;
      this.ints[CHANGES]!++;
    }
    unlock(this.ints, LOCK, lockWord);
    return protocol > 0 ? { protocol, detail: JSON.parse(decoder.decode(text)) } : undefined;
  }

  private find(port: number): number {
    const { ints } = this;
    const wanted = this.portInPart(port);
    const used = ints[USED]!;
    for (let i = 0; i < used; i++)
      if (ints[PORT + i] === wanted && ints[EXPIRY + i] !== 0 && this.isOfPair(i)) return i;
    return -1;
  }

  private isOfPair(i: number): boolean {
    const { ints, pair } = this;
    if (ints[PAIR + i] !== this.pairHash) return false;
    const addresses = FIRST + i * ENTRY_INTS + ADDRESSES;
    let same = 0;
    while (same < pair.length && ints[addresses + same] === pair[same]) same++;
    return same === pair.length;
  }

  /** Seconds since the epoch, unsigned; 0 for a free entry. */
  private expiryOf(i: number): number {
    return this.ints[EXPIRY + i]! >>> 0;
  }

  /** A port combined with the current part of the input. */
  private portInPart(port: number): number {
    return ((this.thread.inputPart ?? 0) << 16) | port;
  }

  /** The entry of the same session, a free one, or the one that expires first. */
  private slotFor(port: number, now: number): number {
    const known = this.find(port);
    if (known >= 0) return known;
    let [free, first, own, ofPair] = [-1, 0, -1, 0];
    for (let i = 0; i < ENTRIES; i++) {
      const until = this.expiryOf(i);
      if (until < now) {
        if (free < 0) free = i;
        continue;
      }
      if (until < this.expiryOf(first)) first = i;
      if (!this.isOfPair(i)) continue;
      ofPair++;
      if (own < 0 || until < this.expiryOf(own)) own = i;
    }
    if (ofPair >= MAX_PER_PAIR) return own;
    return free >= 0 ? free : first;
  }

  /** The two hosts in canonical order. */
  private selectPair(a: Uint8Array, b: Uint8Array): void {
    const swapped = Buffer.compare(a, b) > 0;
    this.pair.fill(0);
    this.pairBytes.set(swapped ? b : a, 0);
    this.pairBytes.set(swapped ? a : b, 16);
    this.pairHash = this.pair.reduce(mix, 0);
  }
}
