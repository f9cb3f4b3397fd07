/** The overlap of a new segment with the data already stored. */
import * as Direction from './direction.js';
import { bufferOffset, pieceOffset } from './in-order.js';
import type { Segment } from './insert.js';
import type { OverlapLog } from './overlap-log.js';
import * as Piece from './piece.js';
import { newWins } from './policy.js';
import type { Store } from './store.js';

/** A gap of this size separates two regions. */
const REGION_DISTANCE = 256 * 1024;

/** Result of the survey of a segment: one object, reused for each segment. */
export class Survey {
  /** Some bytes are already stored, and some of those have another value. */
  overlaps = false;
  differs = false;
  /** The segment gets bytes: in gaps, or won from other pieces. */
  gains = false;
  /** Number of pieces it overlaps. */
  met = 0;
  /** End of the last piece it overlaps, or of the segment if that is further. */
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
    this.met = 0;
    this.holes = 0;
    this.regions = 0;
    this.rewrote = false;
    this.checksumChange = 0;
  }

  /** Surveys the contiguous data that is final and still kept. */
  settled(r: number, segment: Segment, rewrite: boolean): void {
    const { rows } = this.store;
    const from = later(segment.start, rows[r + Direction.KEPT_FROM]!);
    const to = earlier(segment.end, rows[r + Direction.IN_ORDER]!);
    if (((to - from) | 0) <= 0) return;
    this.compare(bufferOffset(this.store, r, from), segment, from, to, rewrite);
  }

  /** Surveys all pieces that the segment meets from `segment.from` on. For pieces that do not overlap each other. */
  pieces(r: number, segment: Segment, compare: boolean, rewrite: boolean): void {
    const { rows, pieces } = this.store;
    const { nodes } = pieces;
    const { from, end } = segment;
    let node = pieces.firstEndingBehind(r, from);
    const before = node === 0 ? rows[r + Direction.TAIL]! : nodes[node * Piece.INTS + Piece.PREVIOUS]!;
    let covered = rows[r + Direction.IN_ORDER]!;
    if (before !== 0) covered = later(covered, nodes[before * Piece.INTS + Piece.END]!);
    // A segment that starts within a piece does not change the gap before that piece.
    const first = node === 0 ? from : earlier(from, nodes[node * Piece.INTS + Piece.START]!);
    let left = (first - covered) | 0;
    let position = from;
    this.reach = end;
    for (; node !== 0; node = nodes[node * Piece.INTS + Piece.NEXT]!) {
      const n = node * Piece.INTS;
      const pieceStart = nodes[n + Piece.START]!;
      if (((pieceStart - end) | 0) >= 0) break;
      this.countHoles((pieceStart - covered) | 0, left, 0);
      left = 0;
      if (((pieceStart - position) | 0) > 0) this.gains = true;
      position = nodes[n + Piece.END]!;
      covered = later(covered, position);
      this.meet(r, node, segment, compare, rewrite);
    }
    if (((end - position) | 0) > 0) this.gains = true;
    if (node === 0) {
      this.countHoles(0, left, 0);
    } else {
      const next = nodes[node * Piece.INTS + Piece.START]!;
      this.countHoles((next - covered) | 0, left, (next - later(end, covered)) | 0);
    }
  }

  private meet(r: number, node: number, segment: Segment, compare: boolean, rewrite: boolean): void {
    const { nodes } = this.store.pieces;
    const n = node * Piece.INTS;
    const pieceStart = nodes[n + Piece.START]!;
    const pieceEnd = nodes[n + Piece.END]!;
    this.met++;
    this.overlaps = true;
    this.reach = later(this.reach, pieceEnd);
    if (!this.gains) {
      const originalStart = nodes[n + Piece.ORIGINAL_START]!;
      const originalEnd = nodes[n + Piece.ORIGINAL_END]!;
      const policy = this.store.rows[r + Direction.POLICY]!;
      this.gains = newWins(policy, segment.start, segment.end, originalStart, originalEnd);
    }
    if (!compare || (this.differs && !rewrite)) return;
    const from = later(pieceStart, segment.from);
    const inBuffer = nodes[n + Piece.BLOCK]! < 0;
    const stored = inBuffer
      ? bufferOffset(this.store, r, from)
      : pieceOffset(this.store, node) + ((from - pieceStart) | 0);
    this.compare(stored, segment, from, earlier(pieceEnd, segment.end), rewrite);
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
