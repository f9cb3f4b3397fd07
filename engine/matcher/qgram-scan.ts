/** Looks for the patterns of one database in one piece of data. */
import type { MatchList } from './match-list.js';
import { ENTRY_INTS, FOLD, gramAt, hashOf, type Pass, type Tables, WORD } from './qgram-tables.js';

/** Two tables of 256: bytes as they are, and in lower case. */
const fold = new Uint8Array(512);
for (let byte = 0; byte < 256; byte++) {
  fold[byte] = byte;
  fold[256 + byte] = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}

/** Scanning state of one database in one thread. */
export class QgramScan {
  /** By pattern, and by index of an id: the last search that found it. */
  private readonly seen: Uint32Array;
  private readonly seenId: Uint32Array;
  /** By index of an id: its match in that search. */
  private readonly matchOf: Uint32Array;
  private search = 0;
  private job = 0;
  /** Where ends are counted from; patterns that end before belong to data already scanned. */
  private base = 0;

  constructor(
    private readonly tables: Tables,
    private readonly list: MatchList,
  ) {
    this.seen = new Uint32Array(tables.lengths.length);
    this.seenId = new Uint32Array(tables.ids.length);
    this.matchOf = new Uint32Array(tables.ids.length);
  }

  /** From now on nothing counts as found yet. @param job index under which matches are listed */
  begin(job: number): void {
    this.job = job;
    if (++this.search <= 0xffffffff) return;
    this.seen.fill(0);
    this.seenId.fill(0);
    this.search = 1;
  }

  /**
   * Lists patterns that lie in `bytes[from, to)` and end after `base`, by the first end relative to it.
   * @param view the same memory
   */
  scan(bytes: Uint8Array, view: DataView, from: number, to: number, base: number): void {
    this.base = base;
    for (const pass of this.tables.passes) this.filter(pass, bytes, view, from, to);
  }

  /** Looks at every `stride`th gram; hardly any is in the bitmap unless a pattern is there. */
  private filter(pass: Pass, bytes: Uint8Array, view: DataView, from: number, to: number): void {
    const { bitmap, bitmapShift, stride, mask } = pass;
    const last = to - WORD;
    let at = from;
    for (; at <= last; at += stride) {
      const gram = (view.getInt32(at, true) & mask) | FOLD;
      const bit = hashOf(gram) >>> bitmapShift;
      if ((bitmap[bit >>> 5]! >>> bit) & 1) this.verify(pass, gram, bytes, view, at, from, to);
    }
    // A whole word may reach beyond the memory here, a shorter gram does not.
    for (; at <= to - pass.q; at++) this.verify(pass, gramAt(bytes, at, pass.q), bytes, view, at, from, to);
  }

  /** The gram lies at `at`: lists those patterns which have it and are there as a whole. */
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
