/**
 * Reassembles files that are fetched in ranges: ranges may arrive in any order and over several connections of one
 * thread. Memory for waiting ranges is bounded; inactive files are evicted.
 */
import { GrowingBytes } from '../application/growing-bytes.js';
import { FILE_LIMITS } from './inspected-body.js';
import type { TrackedFile } from './tracked-file.js';
import { COST_OF_RANGE, WaitingRanges } from './waiting-ranges.js';

/** A file being reassembled. */
export interface Whole {
  readonly file: TrackedFile;
  /** Its first bytes, for inspection. */
  readonly contents: GrowingBytes;
  readonly total: number;
  /** Offset of the first missing byte. */
  next: number;
  /** Ranges that begin after it. */
  readonly waiting: WaitingRanges;
  /** Second at which the last byte arrived. */
  seen: number;
  /** It is complete or evicted: nothing more is kept for it. */
  over: boolean;
}

export class RangeFiles {
  private readonly files = new Map<string, Whole>();
  private readonly memcap: number;
  /** Memory in use, and number of refused allocations. */
  held = 0;
  refused = 0;

  /**
   * @param memcap memory limit for waiting ranges, bytes; 0: unlimited
   * @param timeout seconds after which an inactive file is evicted
   */
  constructor(
    memcap: number,
    private readonly timeout: number,
  ) {
    this.memcap = memcap || Number.POSITIVE_INFINITY;
  }

  /**
   * The file that a range belongs to.
   * @param key identifies it: host and path
   * @param make called for the first of its ranges
   */
  open(key: string, total: number, now: number, make: () => TrackedFile): Range | undefined {
    this.forget(now);
    let whole = this.files.get(key);
    if (whole && whole.total !== total) {
      this.drop(key, whole);
      whole = undefined;
    }
    if (!whole) {
      if (this.files.size >= MOST_FILES) return undefined;
      const contents = new GrowingBytes(0, FILE_LIMITS.limit);
      const waiting = new WaitingRanges();
      whole = { file: make(), contents, total, next: 0, waiting, seen: now, over: false };
    }
    // The most recently used file is last.
    this.files.delete(key);
    whole.seen = now;
    this.files.set(key, whole);
    return new Range(this, key, whole);
  }

  /** Bytes of a range at `position`. */
  append(whole: Whole, start: number, position: number, bytes: Uint8Array): void {
    if (whole.over) return;
    const known = whole.next - position;
    if (known >= 0) {
      const fresh = known < bytes.length ? bytes.subarray(known) : bytes.subarray(bytes.length);
      whole.file.append(fresh);
      whole.next += fresh.length;
      this.show(whole, fresh);
      return;
    }
    const waiting = whole.waiting.at(start);
    // The bytes before these are missing: there was no room for them.
    if (start + (waiting?.length ?? 0) !== position) return;
    const cost = bytes.length + (waiting ? 0 : COST_OF_RANGE);
    if (this.held + cost > this.memcap) {
      this.refused++;
      return;
    }
    (waiting ?? whole.waiting.add(start)).append(bytes);
    this.held += cost;
  }

  /** Keeps what may be inspected. */
  private show({ contents, next }: Whole, bytes: Uint8Array): void {
    const taken = bytes.subarray(0, FILE_LIMITS.limit - contents.length);
    const follows = contents.length + bytes.length === next;
    if (taken.length === 0 || !follows || this.held + taken.length > this.memcap) return;
    this.held += taken.length;
    contents.append(taken);
  }

  /** A range is complete. @returns the file if it is now complete */
  end(key: string, whole: Whole): Whole | undefined {
    const { waiting } = whole;
    while (waiting.first <= whole.next) {
      const start = waiting.first;
      const bytes = waiting.takeFirst();
      this.held -= bytes.length + COST_OF_RANGE;
      this.append(whole, start, start, bytes.view());
    }
    if (whole.next < whole.total || whole.over) return undefined;
    this.drop(key, whole);
    whole.file.close();
    return whole;
  }

  private forget(now: number): void {
    for (const [key, whole] of this.files) {
      if (now - whole.seen <= this.timeout) return;
      this.drop(key, whole);
    }
  }

  private drop(key: string, whole: Whole): void {
    this.held -= whole.contents.length + whole.waiting.cost;
    whole.waiting.clear();
    whole.over = true;
    this.files.delete(key);
  }
}

const MOST_FILES = 4096;

/** One range of a file. */
export class Range {
  private length = 0;

  constructor(
    private readonly files: RangeFiles,
    private readonly key: string,
    private readonly whole: Whole,
  ) {}

  /** @param start of the range in the file */
  append(start: number, bytes: Uint8Array): void {
    this.files.append(this.whole, start, start + this.length, bytes);
    this.length += bytes.length;
  }

  /** @returns the file if it is now complete */
  end(): Whole | undefined {
    return this.files.end(this.key, this.whole);
  }
}
