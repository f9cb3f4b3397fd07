/** The grams of one pass during compilation, with the patterns that each leads to. */
import { gramAt, hashOf, type Pass } from './qgram-tables.js';

/** See ENTRY_INTS. */
interface Entry {
  readonly pattern: number;
  readonly offset: number;
  readonly distance: number;
  readonly otherGram: number;
}

/** Bits of the bitmap per gram: few enough false hits, and small enough for the caches. */
const BITS_PER_GRAM = 128;
const MAX_BITMAP_BITS = 22;
/** Runs of one byte (padding, spaces) are frequent in traffic, independent of the patterns. */
const RUN_COST = 64;

const bitsFor = (n: number): number => Math.max(5, 32 - Math.clz32(n - 1));

export class GramLists {
  private readonly lists = new Map<number, Entry[]>();

  add(gram: number, entry: Entry): void {
    const list = this.lists.get(gram);
    if (list) list.push(entry);
    else this.lists.set(gram, [entry]);
  }

  /** Offset of the window of `stride` grams in a pattern whose grams lead to the fewest patterns so far. */
  rarestWindow(bytes: Uint8Array, start: number, length: number, q: number, stride: number): number {
    let best = 0;
    let bestCost = Infinity;
    for (let offset = 0; offset <= length - q - stride + 1; offset++) {
      let cost = 0;
      for (let k = 0; k < stride; k++) cost += this.costOf(gramAt(bytes, start + offset + k, q));
      if (cost < bestCost) {
        bestCost = cost;
        best = offset;
      }
    }
    return best;
  }

  private costOf(gram: number): number {
    const isRun = (gram & 0xffffff) === gram >>> 8;
    return (this.lists.get(gram)?.length ?? 0) + (isRun ? RUN_COST : 0);
  }

  toTables(): Pick<Pass, 'bitmap' | 'bitmapShift' | 'keys' | 'lists' | 'slotShift' | 'entries'> {
    const slotBits = bitsFor(2 * this.lists.size);
    const bitmapBits = Math.min(MAX_BITMAP_BITS, bitsFor(BITS_PER_GRAM * this.lists.size));
    const bitmap = new Int32Array(2 ** bitmapBits / 32);
    const keys = new Int32Array(2 ** slotBits);
    const lists = new Int32Array(2 ** slotBits);
    // The first number stays unused: a list at 0 means a free slot.
    const entries = [0];
    for (const [gram, list] of this.lists) {
      const bit = hashOf(gram) >>> (32 - bitmapBits);
      bitmap[bit >>> 5]! |= 1 << bit;
      let slot = hashOf(gram) >>> (32 - slotBits);
      while (lists[slot] !== 0) slot = (slot + 1) & (lists.length - 1);
      keys[slot] = gram;
      lists[slot] = entries.length;
      appendList(entries, list);
    }
    const shifts = { bitmapShift: 32 - bitmapBits, slotShift: 32 - slotBits };
    return { bitmap, keys, lists, entries: Int32Array.from(entries), ...shifts };
  }
}

/** The gram with the largest offset belongs to the earliest occurrence: the first end is found first. */
function appendList(entries: number[], list: Entry[]): void {
  entries.push(list.length);
  for (const entry of list.sort((a, b) => b.offset - a.offset)) {
    entries.push(entry.pattern, entry.offset, entry.distance, entry.otherGram);
  }
}
