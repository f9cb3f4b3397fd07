/** The overlap of a new segment with the data already stored. */

import * as Chunk from './chunk.js';
import * as Direction from './direction.js';
import { bufferOffset, chunkOffset } from './in-order.js';
import type { Segment } from './insert.js';
import type { OverlapLog } from './overlap-log.js';
import { newWins } from './policy.js';
import type { Store } from './store.js';

/** A gap of this size separates two regions. */
const REGION_DISTANCE = 256 * 1024;

/** Result of the survey of a segment: one object, reused for each segment. */
export class OverlapSurvey {
  /** Some bytes are already stored, and some of those have another value. */
  overlaps = false;
  differs = false;
  /** The segment gets bytes: in gaps, or won from other chunks. */
  gains = false;
  /** Number of chunks it overlaps. */
  overlapCount = 0;
  /** End of the last chunk it overlaps, or of the segment if that is further. */
  reach = 0;
  /** Change in the number of gaps, and of regions, caused by the segment. */
  holes = 0;
  regions = 0;
  /** Bytes were rewritten; the resulting change of the checksum's sum; parity of the offsets of its 16-bit words. */
  rewrote = false;
  checksumChange = 0;
  parity = 0;

  constructor(
    private readonly store: Store,
    private readonly log: OverlapLog,
  ) {}

  reset(): void {
    this.overlaps = false;
    this.differs = false;
    this.gains = false;
    this.overlapCount = 0;
    this.holes = 0;
    this.regions = 0;
    this.rewrote = false;
    this.checksumChange = 0;
  }

  /** Surveys the contiguous data that is final and still kept. */
  compareFinal(r: number, segment: Segment, rewrite: boolean): void {
    const { rows } = this.store;
    const from = later(segment.start, rows[r + Direction.KEPT_FROM]!);
    const to = earlier(segment.end, rows[r + Direction.IN_ORDER]!);
    if (((to - from) | 0) <= 0) return;
    this.compare(bufferOffset(this.store, r, from), segment, from, to, rewrite);
  }

  /** Surveys all chunks that the segment meets from `segment.from` on. For chunks that do not overlap each other. */
  compareChunks(r: number, segment: Segment, compare: boolean, rewrite: boolean): void {
    const { rows, chunks } = this.store;
    const { nodes } = chunks;
    const { from, end } = segment;
    let node = chunks.firstEndingAfter(r, from);
    const before = node === 0 ? rows[r + Direction.TAIL]! : nodes[node * Chunk.INTS + Chunk.PREVIOUS]!;
    let covered = rows[r + Direction.IN_ORDER]!;
    if (before !== 0) covered = later(covered, nodes[before * Chunk.INTS + Chunk.END]!);
    // A segment that starts within a chunk does not change the gap before that chunk.
    const first = node === 0 ? from : earlier(from, nodes[node * Chunk.INTS + Chunk.START]!);
    let left = (first - covered) | 0;
    let position = from;
    this.reach = end;
    for (; node !== 0; node = nodes[node * Chunk.INTS + Chunk.NEXT]!) {
      const n = node * Chunk.INTS;
      const chunkStart = nodes[n + Chunk.START]!;
      if (((chunkStart - end) | 0) >= 0) break;
      this.countHoles((chunkStart - covered) | 0, left, 0);
      left = 0;
      if (((chunkStart - position) | 0) > 0) this.gains = true;
      position = nodes[n + Chunk.END]!;
      covered = later(covered, position);
      this.addChunk(r, node, segment, compare, rewrite);
    }
    if (((end - position) | 0) > 0) this.gains = true;
    if (node === 0) {
      this.countHoles(0, left, 0);
    } else {
      const next = nodes[node * Chunk.INTS + Chunk.START]!;
      this.countHoles((next - covered) | 0, left, (next - later(end, covered)) | 0);
    }
  }

  private addChunk(r: number, node: number, segment: Segment, compare: boolean, rewrite: boolean): void {
    const { nodes } = this.store.chunks;
    const n = node * Chunk.INTS;
    const chunkStart = nodes[n + Chunk.START]!;
    const chunkEnd = nodes[n + Chunk.END]!;
    this.overlapCount++;
    this.overlaps = true;
    this.reach = later(this.reach, chunkEnd);
    if (!this.gains) {
      const originalStart = nodes[n + Chunk.ORIGINAL_START]!;
      const originalEnd = nodes[n + Chunk.ORIGINAL_END]!;
      const policy = this.store.rows[r + Direction.POLICY]!;
      this.gains = newWins(policy, segment.start, segment.end, originalStart, originalEnd);
    }
    if (!compare || (this.differs && !rewrite)) return;
    const from = later(chunkStart, segment.from);
    const inBuffer = nodes[n + Chunk.BLOCK]! < 0;
    const stored = inBuffer
      ? bufferOffset(this.store, r, from)
      : chunkOffset(this.store, node) + ((from - chunkStart) | 0);
    this.compare(stored, segment, from, earlier(chunkEnd, segment.end), rewrite);
  }

  /**
   * Compares stored bytes with the segment's, and replaces the segment's with the stored ones when `rewrite` is set.
   */
  compare(stored: number, segment: Segment, from: number, to: number, rewrite: boolean): void {
    const { bytes } = this.store;
    const source = segment.source + ((from - segment.start) | 0);
    const length = (to - from) | 0;
    this.overlaps = true;
    for (let i = 0; i < length; i++) {
      if (bytes[stored + i] === bytes[source + i]) continue;
      if (!this.differs) this.log.note(bytes, stored + i, source + i, length - i, (from + i) | 0);
      this.differs = true;
      if (!rewrite) return;
      const weight = ((source + i) & 1) === this.parity ? 256 : 1;
      this.checksumChange += (bytes[stored + i]! - bytes[source + i]!) * weight;
      bytes[source + i] = bytes[stored + i]!;
      this.rewrote = true;
    }
  }

  /** A gap of `before` bytes becomes two of `left` and `right` bytes; sizes of 0 or less are not gaps. */
  private countHoles(before: number, left: number, right: number): void {
    this.holes += isHole(left) + isHole(right) - isHole(before);
    this.regions += isWide(left) + isWide(right) - isWide(before);
  }
}

/** 1 for a gap, and for one that separates regions. */
export function isHole(size: number): number {
  return size > 0 ? 1 : 0;
}

export function isWide(size: number): number {
  return size >= REGION_DISTANCE ? 1 : 0;
}

function later(a: number, b: number): number {
  return ((a - b) | 0) > 0 ? a : b;
}

function earlier(a: number, b: number): number {
  return ((a - b) | 0) < 0 ? a : b;
}
