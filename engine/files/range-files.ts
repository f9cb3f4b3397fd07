/**
 * Files that are fetched in ranges, put together again: ranges may come in any order and over several connections of
 * one thread. What waits for its turn is bounded; a file that nobody goes on with is forgotten.
 */
import { GrowingBytes } from '../application/growing-bytes.js';
import type { TrackedFile } from './tracked-file.js';

/** A file that is being put together. */
interface Whole {
  readonly file: TrackedFile;
  readonly total: number;
  /** First byte that is not there yet. */
  next: number;
  /** Ranges that begin behind it, by their first byte. */
  readonly waiting: Map<number, GrowingBytes>;
  /** Second of the last byte that came. */
  seen: number;
}

export class RangeFiles {
  private readonly files = new Map<string, Whole>();
  /** Bytes that wait, and how often there was no room for some. */
  held = 0;
  refused = 0;

  /**
   * @param memcap bytes that may wait
   * @param timeout seconds after which a file is forgotten
   */
  constructor(
    private readonly memcap: number,
    private readonly timeout: number,
  ) {}

  /**
   * The file that a range belongs to.
   * @param key names it among all: host and path
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
      whole = { file: make(), total, next: 0, waiting: new Map(), seen: now };
    }
    // The one that was used last stands last.
    this.files.delete(key);
    whole.seen = now;
    this.files.set(key, whole);
    return new Range(this, key, whole);
  }

  /** Bytes of a range at `position`. */
  append(whole: Whole, start: number, position: number, bytes: Uint8Array): void {
    const known = whole.next - position;
    if (known >= 0) {
      const fresh = known < bytes.length ? bytes.subarray(known) : bytes.subarray(bytes.length);
      whole.file.append(fresh);
      whole.next += fresh.length;
      return;
    }
    if (this.held + bytes.length > this.memcap) {
      this.refused++;
      return;
    }
    const waiting = whole.waiting.get(start) ?? new GrowingBytes();
    if (start + waiting.length !== position) return;
    waiting.append(bytes);
    whole.waiting.set(start, waiting);
    this.held += bytes.length;
  }

  /** A range is over. @returns the file when it is complete now */
  end(key: string, whole: Whole): TrackedFile | undefined {
    for (let again = true; again; ) {
      again = false;
      for (const [start, bytes] of whole.waiting) {
        if (start > whole.next) continue;
        whole.waiting.delete(start);
        this.held -= bytes.length;
        this.append(whole, start, start, bytes.view());
        again = true;
      }
    }
    if (whole.next < whole.total || this.files.get(key) !== whole) return undefined;
    this.files.delete(key);
    whole.file.close();
    return whole.file;
  }

  private forget(now: number): void {
    for (const [key, whole] of this.files) {
      if (now - whole.seen <= this.timeout) return;
      this.drop(key, whole);
    }
  }

  private drop(key: string, whole: Whole): void {
    for (const bytes of whole.waiting.values()) this.held -= bytes.length;
    whole.waiting.clear();
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

  /** @returns the file when it is complete now */
  end(): TrackedFile | undefined {
    return this.files.end(this.key, this.whole);
  }
}
