/**
 * Conversations that another one announced: a connection between two hosts to a port that was agreed upon is of a
 * certain protocol (the data connections of FTP). In shared memory: they may be other threads' flows.
 */

import { lock, unlock } from '../memory/shared-lock.js';
import type { Thread } from '../module.js';

/** Shared object with the memory, see `Thread.shared`. */
export const EXPECTATIONS = 'expectations';

/** An announced conversation. */
export interface Expectation {
  /** Protocol number, from 1. */
  readonly protocol: number;
  /** What its parser is told: plain data. */
  readonly detail: unknown;
}

const ENTRIES = 1024;
/** Those of two hosts: beyond, their own give way, so that nobody pushes out what others wait for. */
const MOST_OF_PAIR = 64;
/** Seconds that one is waited for. */
const PATIENCE = 30;

/**
 * Word 0: the lock; word 1: where the last entry that was ever used ends, 0 when none was; word 2: goes up with each change.
 * Entries follow.
 */
const HEADER_INTS = 3;
const LOCK = 0;
const USED_WORDS = 1;
const CHANGES = 2;
const USED_UNTIL = 0;
const PORT = 1;
const PROTOCOL = 2;
const LENGTH = 3;
const ADDRESSES = 4;
const DETAIL = 12;
const ENTRY_INTS = 384;
/** Bytes of detail; a longer one is cut by its maker. */
export const MOST_DETAIL = (ENTRY_INTS - DETAIL) * 4;

export function allocateExpectations(): SharedArrayBuffer {
  return new SharedArrayBuffer((HEADER_INTS + ENTRIES * ENTRY_INTS) * 4);
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const EMPTY = new Uint8Array(0);

export class Expectations {
  private readonly ints: Int32Array;
  private readonly bytes: Uint8Array;
  /** Second in which somebody announced or came last. */
  private latest = 0;
  /** What was counted last, and as of when: it is asked for often. */
  private readonly counted = { changes: 0, second: 0, waiting: 0 };
  private readonly pair = new Int32Array(8);
  private readonly pairBytes = new Uint8Array(this.pair.buffer);

  /** @param thread whose part of the input they are of */
  constructor(
    memory: SharedArrayBuffer = allocateExpectations(),
    private readonly thread: Pick<Thread, 'inputPart'> = {},
  ) {
    this.ints = new Int32Array(memory);
    this.bytes = new Uint8Array(memory);
  }

  /** Nobody has announced anything yet. */
  get none(): boolean {
    return this.ints[USED_WORDS] === 0;
  }

  /** Conversations that are waited for. */
  get waiting(): number {
    const { counted, latest } = this;
    const changes = this.ints[CHANGES]!;
    if (counted.changes !== changes || counted.second !== latest) {
      counted.changes = changes;
      counted.second = latest;
      counted.waiting = this.count();
    }
    return counted.waiting;
  }

  private count(): number {
    const { ints } = this;
    let count = 0;
    for (let e = HEADER_INTS; e < ints[USED_WORDS]!; e += ENTRY_INTS)
      if (ints[e + USED_UNTIL] !== 0 && this.usedUntil(e) >= this.latest) count++;
    return count;
  }

  /**
   * Announces a conversation. The one that would end first gives way where there is no room: of the same hosts, where
   * these have many.
   * @param a one host, 4 or 16 bytes  @param b the other  @param now seconds
   * @returns false when its detail is too long
   */
  add(a: Uint8Array, b: Uint8Array, port: number, now: number, { protocol, detail }: Expectation): boolean {
    const text = encoder.encode(JSON.stringify(detail ?? null));
    if (text.length > MOST_DETAIL) return false;
    this.latest = Math.max(this.latest, now);
    this.usePair(a, b);
    const { ints } = this;
    const held = lock(ints, LOCK);
    const e = this.placeFor(port, now);
    // Free until all of it is there.
    ints[e + USED_UNTIL] = 0;
    ints[e + PORT] = this.portInPart(port);
    ints[e + PROTOCOL] = protocol;
    ints[e + LENGTH] = text.length;
    ints.set(this.pair, e + ADDRESSES);
    this.bytes.set(text, (e + DETAIL) * 4);
    ints[e + USED_UNTIL] = now + PATIENCE;
    Atomics.store(ints, USED_WORDS, Math.max(ints[USED_WORDS]!, e + ENTRY_INTS));
    ints[CHANGES]!++;
    unlock(ints, LOCK, held);
    return true;
  }

  /** Takes what was announced between two hosts for a port; undefined where nothing was. */
  take(a: Uint8Array, b: Uint8Array, port: number, now: number): Expectation | undefined {
    if (this.none) return undefined;
    this.latest = Math.max(this.latest, now);
    this.usePair(a, b);
    const held = lock(this.ints, LOCK);
    const e = this.find(port);
    const protocol = e >= 0 && this.usedUntil(e) >= now ? this.ints[e + PROTOCOL]! : 0;
    // A decoder takes no views of shared memory.
    const text =
      protocol > 0 ? this.bytes.slice((e + DETAIL) * 4, (e + DETAIL) * 4 + this.ints[e + LENGTH]!) : EMPTY;
    if (e >= 0) {
      this.ints[e + USED_UNTIL] = 0;
      this.ints[CHANGES]!++;
    }
    unlock(this.ints, LOCK, held);
    return protocol > 0 ? { protocol, detail: JSON.parse(decoder.decode(text)) } : undefined;
  }

  private find(port: number): number {
    const { ints } = this;
    const wanted = this.portInPart(port);
    for (let e = HEADER_INTS; e < ints[USED_WORDS]!; e += ENTRY_INTS)
      if (ints[e + USED_UNTIL] !== 0 && ints[e + PORT] === wanted && this.isOfPair(e)) return e;
    return -1;
  }

  private isOfPair(e: number): boolean {
    const { ints, pair } = this;
    let same = 0;
    while (same < pair.length && ints[e + ADDRESSES + same] === pair[same]) same++;
    return same === pair.length;
  }

  /** Seconds since the epoch, unsigned; 0 for a free entry. */
  private usedUntil(e: number): number {
    return this.ints[e + USED_UNTIL]! >>> 0;
  }

  /** A port, and the part of the input that it is of. */
  private portInPart(port: number): number {
    return ((this.thread.inputPart ?? 0) << 16) | port;
  }

  /** The entry of the same conversation, a free one, or that which ends first. */
  private placeFor(port: number, now: number): number {
    const known = this.find(port);
    if (known >= 0) return known;
    let [free, first, own, ofPair] = [-1, HEADER_INTS, -1, 0];
    for (let e = HEADER_INTS; e < this.ints.length; e += ENTRY_INTS) {
      const until = this.usedUntil(e);
      if (until < now) {
        if (free < 0) free = e;
        continue;
      }
      if (until < this.usedUntil(first)) first = e;
      if (!this.isOfPair(e)) continue;
      ofPair++;
      if (own < 0 || until < this.usedUntil(own)) own = e;
    }
    if (ofPair >= MOST_OF_PAIR) return own;
    return free >= 0 ? free : first;
  }

  /** The two hosts in one order, whoever of them is named first. */
  private usePair(a: Uint8Array, b: Uint8Array): void {
    const swapped = Buffer.compare(a, b) > 0;
    this.pair.fill(0);
    this.pairBytes.set(swapped ? b : a, 0);
    this.pairBytes.set(swapped ? a : b, 16);
  }
}
