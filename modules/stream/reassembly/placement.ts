/** Stores the data of a segment at its position, within the limits. */

import * as Chunk from './chunk.js';
import * as Direction from './direction.js';
import { absorbWaiting, reserveBuffer, writeBuffer } from './in-order.js';
import { insertSegment, Segment } from './insert.js';
import type { Limits } from './limits.js';
import { insertLikeLinux, surveyLinuxQueue } from './linux-queue.js';
import { OverlapSurvey } from './overlap.js';
import type { OverlapLog } from './overlap-log.js';
import { LINUX_6 } from './policy.js';
import type { Store } from './store.js';

/** Results of placing a segment. */
export const PLACED = 0;
/** Not stored: the memcap is reached. */
export const OVER_MEMCAP = 1;
/** Not stored: too much data of this direction already waits after gaps. */
export const OVER_LIMIT = 2;

export class Placement {
  readonly segment = new Segment();
  /** Overlap of the last segment with stored data. */
  readonly survey: OverlapSurvey;

  constructor(
    private readonly store: Store,
    private readonly limits: Limits,
    private readonly checkOverlaps: boolean,
    log: OverlapLog,
  ) {
    this.survey = new OverlapSurvey(store, log);
  }

  /**
   * Stores the bytes of positions [start, end); the first is at offset `source`.
   * @param rewrite bytes of the segment that differ from stored ones are replaced by those
   * @returns PLACED, OVER_MEMCAP or OVER_LIMIT
   */
  place(r: number, start: number, end: number, source: number, rewrite: boolean): number {
    const { rows } = this.store;
    const { segment, survey } = this;
    survey.reset();
    const settled = (rows[r + Direction.FLAGS]! & Direction.SETTLED) !== 0;
    const inOrder = rows[r + Direction.IN_ORDER]!;
    const floor = settled ? inOrder : rows[r + Direction.DELIVERED]!;
    segment.start = start;
    segment.end = end;
    segment.from = ((start - floor) | 0) > 0 ? start : floor;
    segment.source = source;
    segment.block = -1;
    if (start === inOrder && rows[r + Direction.WAITING_CHUNKS] === 0) return this.append(r, settled);
    if (settled && ((start - inOrder) | 0) < 0 && (rewrite || this.checkOverlaps))
      survey.compareFinal(r, segment, rewrite);
    if (((end - segment.from) | 0) <= 0) return PLACED;
    if (rows[r + Direction.POLICY] === LINUX_6 && !rewrite) return this.placeLikeLinux(r);
    survey.compareChunks(r, segment, this.checkOverlaps || rewrite, rewrite);
    return survey.gains ? this.insert(r) : PLACED;
  }

  /** The common case: the next bytes of a stream without gaps. */
  private append(r: number, settled: boolean): number {
    const { store, segment } = this;
    const { chunks } = store;
    if (!(settled || chunks.reserve(1)) || !reserveBuffer(store, r, segment.end)) return OVER_MEMCAP;
    writeBuffer(store, r, segment.start, segment.source, (segment.end - segment.start) | 0);
    if (settled) return PLACED;
    const node = chunks.insertAfter(r, store.rows[r + Direction.TAIL]!, segment.start, segment.end, -1);
    chunks.nodes[node * Chunk.INTS + Chunk.ORIGINAL_START] = segment.start;
    chunks.nodes[node * Chunk.INTS + Chunk.ORIGINAL_END] = segment.end;
    return PLACED;
  }

  private insert(r: number): number {
    const { store, segment, survey } = this;
    const { rows, memory } = store;
    const waits = ((segment.from - rows[r + Direction.IN_ORDER]!) | 0) > 0;
    const length = (segment.end - segment.from) | 0;
    if (waits && this.limits.exceeded(rows, r, length, survey.holes, survey.regions)) return OVER_LIMIT;
    // One chunk may be split in two, and bytes may be won before and after each overlapped chunk.
    if (!store.chunks.reserve(survey.overlapCount + 2)) return OVER_MEMCAP;
    if (waits) {
      if (!this.copyAside()) return OVER_MEMCAP;
    } else if (!reserveBuffer(store, r, survey.reach)) {
      return OVER_MEMCAP;
    }
    rows[r + Direction.HOLES]! += survey.holes;
    rows[r + Direction.WIDE_HOLES]! += survey.regions;
    insertSegment(store, r, segment);
    if (waits) memory.free(segment.block);
    return PLACED;
  }

  /** Copies the bytes that may have to wait to a block. */
  private copyAside(): boolean {
    const { segment } = this;
    const { store } = this;
    const { memory } = store;
    const length = (segment.end - segment.from) | 0;
    const source = segment.source + ((segment.from - segment.start) | 0);
    segment.block = memory.take(length);
    if (segment.block < 0) return false;
    segment.blockStart = segment.from;
    store.copy(memory.offset(segment.block), source, length);
    return true;
  }

  private placeLikeLinux(r: number): number {
    const { store, segment } = this;
    const { rows } = store;
    if (this.checkOverlaps) surveyLinuxQueue(store, r, segment, this.survey);
    const length = (segment.end - segment.from) | 0;
    if (((segment.from - rows[r + Direction.IN_ORDER]!) | 0) <= 0) {
      if (!reserveBuffer(store, r, segment.end)) return OVER_MEMCAP;
      const source = segment.source + ((segment.from - segment.start) | 0);
      writeBuffer(store, r, segment.from, source, length);
      absorbWaiting(store, r);
      return PLACED;
    }
    if (this.limits.exceeded(rows, r, length, 0, 0)) return OVER_LIMIT;
    return store.chunks.reserve(1) && insertLikeLinux(store, r, segment) ? PLACED : OVER_MEMCAP;
  }
}
