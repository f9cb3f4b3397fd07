/**
 * Reassembles files that are fetched in ranges: ranges may arrive in any order and over several connections of one
 * thread. Memory for waiting ranges is bounded; inactive files are evicted.
 */
import { GrowingBytes } from '../application/growing-bytes.js';
import { FILE_LIMITS } from './inspected-body.js';
import { PendingRanges, RANGE_OVERHEAD } from './pending-ranges.js';
import type { TrackedFile } from './tracked-file.js';

/** A file being reassembled. */
export interface RangedFile {
  readonly file: TrackedFile;
  /** Its first bytes, for inspection. */
  readonly contents: GrowingBytes;
  readonly total: number;
  /** Offset of the first missing byte. */
  next: number;
  /** Ranges that begin after it. */
  readonly pending: PendingRanges;
  /** Second at which the last byte arrived. */
  lastSeen: number;
  /** It is complete or evicted: nothing more is kept for it. */
  closed: boolean;
}

export class RangeFiles {
  private readonly files = new Map<string, RangedFile>();
  private readonly memcap: number;
  /** Memory in use, and number of refused allocations. */
  memoryUsed = 0;
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
    this.expire(now);
    let entry = this.files.get(key);
    if (entry && entry.total !== total) {
      this.remove(key, entry);
      entry = undefined;
    }
    if (!entry) {
      if (this.files.size >= MAX_FILES) return undefined;
      const contents = new GrowingBytes(0, FILE_LIMITS.limit);
      const pending = new PendingRanges();
      entry = { file: make(), contents, total, next: 0, pending, lastSeen: now, closed: false };
    }
    // The most recently used file is last.
    this.files.delete(key);
    entry.lastSeen = now;
    this.files.set(key, entry);
    return new Range(this, key, entry);
  }

  /** Bytes of a range at `position`. */
  append(entry: RangedFile, start: number, position: number, bytes: Uint8Array): void {
    if (entry.closed) return;
    const known = entry.next - position;
    if (known >= 0) {
      const newBytes = known < bytes.length ? bytes.subarray(known) : bytes.subarray(bytes.length);
      entry.file.append(newBytes);
      entry.next += newBytes.length;
      this.storeForInspection(entry, newBytes);
      return;
    }
    const pending = entry.pending.at(start);
    // The bytes before these are missing: there was no room for them.
    if (start + (pending?.length ?? 0) !== position) return;
    const cost = bytes.length + (pending ? 0 : RANGE_OVERHEAD);
    if (this.memoryUsed + cost > this.memcap) {
      this.refused++;
      return;
    }
    (pending ?? entry.pending.add(start)).append(bytes);
    this.memoryUsed += cost;
  }

  /** Keeps what may be inspected. */
  private storeForInspection({ contents, next }: RangedFile, bytes: Uint8Array): void {
    const taken = bytes.subarray(0, FILE_LIMITS.limit - contents.length);
    const follows = contents.length + bytes.length === next;
    if (taken.length === 0 || !follows || this.memoryUsed + taken.length > this.memcap) return;
    this.memoryUsed += taken.length;
    contents.append(taken);
  }

  /** A range is complete. @returns the file if it is now complete */
  end(key: string, entry: RangedFile): RangedFile | undefined {
    const { pending } = entry;
    while (pending.first <= entry.next) {
      const start = pending.first;
      const bytes = pending.takeFirst();
      this.memoryUsed -= bytes.length + RANGE_OVERHEAD;
      this.append(entry, start, start, bytes.view());
    }
    if (entry.next < entry.total || entry.closed) return undefined;
    this.remove(key, entry);
    entry.file.close();
    return entry;
  }

  private expire(now: number): void {
    for (const [key, entry] of this.files) {
      if (now - entry.lastSeen <= this.timeout) return;
      this.remove(key, entry);
    }
  }

  private remove(key: string, entry: RangedFile): void {
    this.memoryUsed -= entry.contents.length + entry.pending.cost;
    entry.pending.clear();
    entry.closed = true;
    this.files.delete(key);
  }
}

const MAX_FILES = 4096;

/** One range of a file. */
export class Range {
  private length = 0;

  constructor(
    private readonly files: RangeFiles,
    private readonly key: string,
    private readonly entry: RangedFile,
  ) {}

  /** @param start of the range in the file */
  append(start: number, bytes: Uint8Array): void {
    this.files.append(this.entry, start, start + this.length, bytes);
    this.length += bytes.length;
  }

  /** @returns the file if it is now complete */
  end(): RangedFile | undefined {
    return this.files.end(this.key, this.entry);
  }
}
