/**
 * Content on its way to inspection, decoded already: the first bytes of it are kept, and it becomes visible in steps
 * (or at once, inline). What is a file is followed as one.
 */
import { GrowingBytes } from '../application/growing-bytes.js';
import type { TrackedFile } from './tracked-file.js';

export interface BodyLimits {
  /** Bytes that are kept and inspected; 0: all. */
  readonly limit: number;
  /** Bytes before it is first inspected, and between inspections. */
  readonly minimum: number;
  readonly window: number;
}

/** How files are inspected that are no bodies of HTTP/1 (Suricata has no options for it). */
export const FILE_LIMITS: BodyLimits = { limit: 100_000, minimum: 32_768, window: 4_096 };

/** What bodies of a thread take together, against their bound. */
export interface BodyMemory {
  used: number;
  /** How often there was no room. */
  refused: number;
  readonly cap: number;
}

/** @param cap bytes; 0: without limit */
export function bodyMemory(cap: number): BodyMemory {
  return { used: 0, refused: 0, cap: cap || Number.POSITIVE_INFINITY };
}

export class InspectedBody {
  /** Bytes on the wire, without those of chunks. */
  wireLength = 0;
  /** Bytes after decoding. */
  length = 0;
  /** Bytes of `store` that inspection may see. */
  visible = 0;
  readonly store: GrowingBytes;
  file: TrackedFile | undefined;
  /** Takes what is inspected on its way to `keep`, where more than the file itself is undone for that. */
  undoing: ((bytes: Uint8Array) => void) | undefined;
  /** Its transaction is over. What comes yet is of none: a file may be closed while data of it is on its way. */
  private isReleased = false;

  constructor(
    private readonly limits: BodyLimits,
    private readonly atOnce: boolean,
    private readonly memory: BodyMemory,
    /** Bytes of a file that are followed; 0: all. */
    private readonly fileLimit: number,
  ) {
    this.store = new GrowingBytes(0, limits.limit === 0 ? undefined : limits.limit);
  }

  /** Decoded bytes. @returns false when no more are wanted */
  append(bytes: Uint8Array): boolean {
    const taken = within(bytes, this.limits.limit, this.length);
    this.length += bytes.length;
    if (taken.length > 0 && this.undoing) this.undoing(taken);
    else if (taken.length > 0) this.keep(taken);
    const followed = this.file ? this.follow(this.file, bytes) : false;
    return taken.length === bytes.length || followed;
  }

  /** @returns false when the file is longer than it is followed */
  private follow(file: TrackedFile, bytes: Uint8Array): boolean {
    const taken = within(bytes, this.fileLimit, file.size);
    file.append(taken);
    if (taken.length === bytes.length) return true;
    file.close('truncated');
    return false;
  }

  /** Bytes that are inspected. */
  keep(bytes: Uint8Array): void {
    const { memory } = this;
    if (this.isReleased) return;
    if (memory.used + bytes.length > memory.cap) {
      memory.refused++;
      return;
    }
    memory.used += bytes.length;
    this.store.append(bytes);
  }

  /** Decides what becomes visible now. @returns true when that is more than before */
  show(complete: boolean): boolean {
    const { length } = this.store;
    const { limit, minimum, window } = this.limits;
    const full = limit > 0 && length >= limit;
    const due = this.visible === 0 ? length >= minimum : length - this.visible >= window;
    if (length === this.visible || !(complete || full || due || this.atOnce)) return false;
    this.visible = length;
    return true;
  }

  /** The transaction is over: what it kept does not count any more. */
  release(): void {
    this.isReleased = true;
    this.memory.used -= this.store.length;
  }
}

/** The part of `bytes` below a limit (0: none), behind `before` bytes. */
function within(bytes: Uint8Array, limit: number, before: number): Uint8Array {
  const room = limit === 0 ? bytes.length : Math.max(0, limit - before);
  return room >= bytes.length ? bytes : bytes.subarray(0, room);
}
