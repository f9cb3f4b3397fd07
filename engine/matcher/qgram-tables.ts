/**
 * The contents of a compiled q-gram database, and its layout as one block of shared memory.
 *
 * It consists of int32 arrays, stored consecutively in one SharedArrayBuffer, so that threads open the same tables
 * without copying and a cache file is a plain copy of them.
 */

/** Each pattern is found by the grams of one pass. Grams are little-endian numbers of `q` bytes. */
export interface Pass {
  readonly q: number;
  /** The bits of a 32-bit word that form the gram. */
  readonly mask: number;
  /** Distance in bytes between tested positions. */
  readonly stride: number;
  /** One bit per hash: whether any gram has it. The bit's number is `hash >>> bitmapShift`. */
  readonly bitmap: Int32Array;
  readonly bitmapShift: number;
  /** Open addressing from slot `hash >>> slotShift`: the gram, and the offset of its list (0: free slot). */
  readonly keys: Int32Array;
  readonly lists: Int32Array;
  readonly slotShift: number;
  /** A list: the count, then that many entries of ENTRY_INTS, largest offset first. */
  readonly entries: Int32Array;
}

export interface Tables {
  readonly buffer: SharedArrayBuffer;
  readonly streaming: boolean;
  /** Length of the longest pattern. */
  readonly longest: number;
  /** Distinct ids; and by pattern the index of its id. */
  readonly ids: Int32Array;
  readonly idOf: Int32Array;
  /** By pattern: first byte in `bytes`, length, and 256 for caseless ones (already in lower case), otherwise 0. */
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  readonly folds: Int32Array;
  readonly bytes: Uint8Array;
  readonly passes: readonly Pass[];
}

/**
 * An entry: number of the pattern, offset of the gram in it, and for grams of 4 bytes another gram of the
 * pattern, as far away as possible, with its distance from the first: most false hits end there.
 */
export const ENTRY_INTS = 4;

/** Bit 5 set in every byte: grams ignore case, and verification rejects other bytes that this makes equal. */
export const FOLD = 0x20202020;

/** Maximum bytes of a gram. */
export const WORD = 4;

/** The folded gram of the `q` bytes at `at`. */
export function gramAt(bytes: Uint8Array, at: number, q: number): number {
  let gram = 0;
  for (let i = 0; i < q; i++) gram |= bytes[at + i]! << (8 * i);
  return gram | FOLD;
}

/** Its upper bits are the lookup index of a gram. */
export const hashOf = (gram: number): number => Math.imul(gram, 0x9e3779b1);

const MAGIC = 0x51475231;
const HEAD = 3;
const PATTERN_ARRAYS = 7;
const PASS_ARRAYS = 5;

/** Tables that are not in shared memory yet. */
export type Content = Omit<Tables, 'buffer'>;

/** Packs the tables into shared memory and opens them there. */
export function shareTables(content: Content): Tables {
  const padded = new Uint8Array((content.bytes.length + 3) & ~3);
  padded.set(content.bytes);
  const settings = Int32Array.of(Number(content.streaming), content.longest, content.bytes.length);
  const arrays = [settings, content.ids, content.idOf, content.starts, content.lengths, content.folds];
  arrays.push(new Int32Array(padded.buffer));
  for (const pass of content.passes) {
    arrays.push(Int32Array.of(pass.q, pass.mask, pass.stride, pass.bitmapShift, pass.slotShift));
    arrays.push(pass.bitmap, pass.keys, pass.lists, pass.entries);
  }
  return openTables(pack(arrays));
}

/** @throws Error if the buffer contains no tables of this version */
export function openTables(buffer: SharedArrayBuffer): Tables {
  const arrays = unpack(buffer);
  const [settings, ids, idOf, starts, lengths, folds, bytes] = arrays as [Int32Array, ...Int32Array[]];
  const passes: Pass[] = [];
  for (let i = PATTERN_ARRAYS; i < arrays.length; i += PASS_ARRAYS) passes.push(openPass(arrays, i));
  return {
    buffer,
    streaming: settings[0] === 1,
    longest: settings[1]!,
    ids: ids!,
    idOf: idOf!,
    starts: starts!,
    lengths: lengths!,
    folds: folds!,
    bytes: new Uint8Array(buffer, bytes!.byteOffset, settings[2]),
    passes,
  };
}

function openPass(arrays: readonly Int32Array[], first: number): Pass {
  const [settings, bitmap, keys, lists, entries] = arrays.slice(first, first + PASS_ARRAYS) as Int32Array[];
  return {
    q: settings![0]!,
    mask: settings![1]!,
    stride: settings![2]!,
    bitmapShift: settings![3]!,
    slotShift: settings![4]!,
    bitmap: bitmap!,
    keys: keys!,
    lists: lists!,
    entries: entries!,
  };
}

/** Header: magic, checksum, number of arrays; then the length of each, then all of them. */
function pack(arrays: readonly Int32Array[]): SharedArrayBuffer {
  const total = arrays.reduce((sum, array) => sum + array.length, HEAD + arrays.length);
  const all = new Int32Array(new SharedArrayBuffer(total * 4));
  let end = HEAD + arrays.length;
  arrays.forEach((array, i) => {
    all[HEAD + i] = array.length;
    all.set(array, end);
    end += array.length;
  });
  all[0] = MAGIC;
  all[2] = arrays.length;
  all[1] = sumOf(all);
  return all.buffer as SharedArrayBuffer;
}

function unpack(buffer: SharedArrayBuffer): Int32Array[] {
  const all = new Int32Array(buffer);
  if (all[0] !== MAGIC) throw new Error('not a q-gram database of this version');
  const count = all[2]!;
  const arrays: Int32Array[] = [];
  let end = HEAD + count;
  for (let i = 0; i < count; i++) {
    const length = all[HEAD + i]!;
    arrays.push(all.subarray(end, end + length));
    end += length;
  }
  return arrays;
}

/** A copy of serialized tables in shared memory. @throws Error if the bytes are damaged */
export function readTables(bytes: Uint8Array): Tables {
  const buffer = new SharedArrayBuffer(bytes.length & ~3);
  new Uint8Array(buffer).set(bytes.subarray(0, bytes.length & ~3));
  const all = new Int32Array(buffer);
  if (all[0] === MAGIC && all[1] !== sumOf(all)) throw new Error('the q-gram database is damaged');
  return openTables(buffer);
}

function sumOf(all: Int32Array): number {
  let sum = all.length;
  for (let i = 2; i < all.length; i++) sum = Math.imul(sum ^ all[i]!, 0x01000193);
  return sum;
}
