/** Searches for the patterns of one database in one piece of data. */
import type { MatchList } from './match-list.js';
import { ENTRY_INTS, FOLD, gramAt, hashOf, type Pass, type Tables, WORD } from './qgram-tables.js';

/** Two tables of 256: bytes unchanged, and in lower case. */
const fold = new Uint8Array(512);
for (let byte = 0; byte < 256; byte++) {
  fold[byte] = byte;
  fold[256 + byte] = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}

/** Positions tested before hits are verified. */
const CHUNK = 2048;
const hits = new Uint32Array(CHUNK);

/**
 * Tests every `stride`th gram from `from` on and collects the positions of those in the bitmap in `hits`. The loop does
 * only this, and four grams at a time: each of the two doubles its speed.
 */
function collectHits(pass: Pass, view: DataView, from: number, stop: number): number {
  const { bitmap, bitmapShift, stride, mask } = pass;
  let count = 0;
  let at = from;
  for (const last = stop - 3 * stride; at < last; at += 4 * stride) {
    const a = hashOf((view.getInt32(at, true) & mask) | FOLD) >>> bitmapShift;
    const b = hashOf((view.getInt32(at + stride, true) & mask) | FOLD) >>> bitmapShift;
    const c = hashOf((view.getInt32(at + 2 * stride, true) & mask) | FOLD) >>> bitmapShift;
    const d = hashOf((view.getInt32(at + 3 * stride, true) & mask) | FOLD) >>> bitmapShift;
    if ((bitmap[a >>> 5]! >>> a) & 1) hits[count++] = at;
    if ((bitmap[b >>> 5]! >>> b) & 1) hits[count++] = at + stride;
    if ((bitmap[c >>> 5]! >>> c) & 1) hits[count++] = at + 2 * stride;
    if ((bitmap[d >>> 5]! >>> d) & 1) hits[count++] = at + 3 * stride;
  }
  for (; at < stop; at += stride) {
    const bit = hashOf((view.getInt32(at, true) & mask) | FOLD) >>> bitmapShift;
    if ((bitmap[bit >>> 5]! >>> bit) & 1) hits[count++] = at;
  }
  return count;
}

/** Scanning state of one database in one thread. */
export class QgramScan {
  /** By pattern, and by id index: the last search that found it. */
  private readonly seen: Uint32Array;
  private readonly seenId: Uint32Array;
  /** By index of an id: its match in that search. */
  private readonly matchOf: Uint32Array;
  private search = 0;
  private job = 0;
  /** Base of the reported ends; patterns that end before belong to data already scanned. */
  private base = 0;

  constructor(
    private readonly tables: Tables,
    private readonly list: MatchList,
  ) {
    this.seen = new Uint32Array(tables.lengths.length);
    this.seenId = new Uint32Array(tables.ids.length);
    this.matchOf = new Uint32Array(tables.ids.length);
  }

  /** Starts a new search. @param job index under which matches are listed */
  begin(job: number): void {
    this.job = job;
    if (++this.search <= 0xffffffff) return;
    this.seen.fill(0);
    this.seenId.fill(0);
    this.search = 1;
  }

  /**
   * Lists patterns contained in `bytes[from, to)` that end after `base`, with the first end relative to it.
   * @param view the same memory
   */
  scan(bytes: Uint8Array, view: DataView, from: number, to: number, base: number): void {
    this.base = base;
    for (const pass of this.tables.passes) this.filter(pass, bytes, view, from, to);
  }

  private filter(pass: Pass, bytes: Uint8Array, view: DataView, from: number, to: number): void {
    let at = from;
    while (at <= to - WORD) {
      const stop = Math.min(to - WORD + 1, at + CHUNK * pass.stride);
      const count = collectHits(pass, view, at, stop);
      for (let i = 0; i < count; i++) {
        const hit = hits[i]!;
        this.verify(pass, (view.getInt32(hit, true) & pass.mask) | FOLD, bytes, view, hit, from, to);
      }
      at += Math.ceil((stop - at) / pass.stride) * pass.stride;
    }
    // Reading a whole word could exceed the memory here, a shorter gram does not.
    for (; at <= to - pass.q; at++) this.verify(pass, gramAt(bytes, at, pass.q), bytes, view, at, from, to);
  }

  /** The gram is at `at`: lists the patterns that contain it and match completely. */
  private verify(
    pass: Pass,
    gram: number,
    bytes: Uint8Array,
    view: DataView,
    at: number,
    from: number,
    to: number,
  ): void {
    const { keys, lists, entries } = pass;
    let slot = hashOf(gram) >>> pass.slotShift;
    while (lists[slot] !== 0 && keys[slot] !== gram) slot = (slot + 1) & (lists.length - 1);
    const list = lists[slot]!;
    if (list === 0) return;
    const end = list + 1 + ENTRY_INTS * entries[list]!;
    for (let entry = list + 1; entry < end; entry += ENTRY_INTS) {
      if (pass.q === WORD) {
        const other = at + entries[entry + 2]!;
        if (other < from || other > to - WORD || (view.getInt32(other, true) | FOLD) !== entries[entry + 3])
          continue;
      }
      this.compare(entries[entry]!, bytes, at - entries[entry + 1]!, from, to);
    }
  }

  private compare(pattern: number, bytes: Uint8Array, start: number, from: number, to: number): void {
    if (this.seen[pattern] === this.search) return;
    const end = start + this.tables.lengths[pattern]!;
    if (start < from || end > to || end <= this.base || !this.isAt(pattern, bytes, start)) return;
    this.seen[pattern] = this.search;
    this.found(pattern, end - this.base);
  }

  private found(pattern: number, end: number): void {
    const id = this.tables.idOf[pattern]!;
    if (this.seenId[id] === this.search) {
      this.list.lowerEnd(this.matchOf[id]!, end);
      return;
    }
    this.seenId[id] = this.search;
    this.matchOf[id] = this.list.add(this.job, this.tables.ids[id]!, end);
  }

  private isAt(pattern: number, bytes: Uint8Array, start: number): boolean {
    const wanted = this.tables.bytes;
    const folds = this.tables.folds[pattern]!;
    const first = this.tables.starts[pattern]!;
    const length = this.tables.lengths[pattern]!;
    for (let i = 0; i < length; i++) {
      if (fold[folds + bytes[start + i]!] !== wanted[first + i]) return false;
    }
    return true;
  }
}
