/**
 * Decoded content for inspection: its first bytes are kept, and become visible in steps (inline: at once). If it is a
 * file, it is also tracked as one.
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

/** Inspection limits of files other than HTTP/1 bodies (Suricata has no options for them). */
export const FILE_LIMITS: BodyLimits = { limit: 100_000, minimum: 32_768, window: 4_096 };

/** Total memory of the bodies of a thread, and its limit. */
export interface BodyMemory {
  used: number;
  /** Number of refused allocations. */
  refused: number;
  readonly cap: number;
}

/** @param cap bytes; 0: unlimited */
export function bodyMemory(cap: number): BodyMemory {
  return { used: 0, refused: 0, cap: cap || Number.POSITIVE_INFINITY };
}

export class InspectedBody {
  /** Bytes on the wire, without chunk framing. */
  wireLength = 0;
  /** Bytes after decoding. */
  length = 0;
  /** Bytes of `store` visible to inspection. */
  visible = 0;
  readonly store: GrowingBytes;
  file: TrackedFile | undefined;
  /** Receives the bytes to inspect before `storeForInspection`, if they need further decompression than the file itself. */
  decompress: ((bytes: Uint8Array) => void) | undefined;
  /** Its transaction is over. Later data belongs to none: a file may be closed while its data is still arriving. */
  private isReleased = false;

  constructor(
    private readonly limits: BodyLimits,
    private readonly immediate: boolean,
    private readonly memory: BodyMemory,
    /** Bytes of a file that are tracked; 0: all. */
    private readonly fileLimit: number,
  ) {
    this.store = new GrowingBytes(0, limits.limit === 0 ? undefined : limits.limit);
  }

  /** Appends decoded bytes. @returns false if no more are needed */
  append(bytes: Uint8Array): boolean {
    const taken = truncated(bytes, this.limits.limit, this.length);
    this.length += bytes.length;
    if (taken.length > 0 && this.decompress) this.decompress(taken);
    else if (taken.length > 0) this.storeForInspection(taken);
    const followed = this.file ? this.trackFile(this.file, bytes) : false;
    return taken.length === bytes.length || followed;
  }

  /** @returns false if the file exceeds the tracked length */
  private trackFile(file: TrackedFile, bytes: Uint8Array): boolean {
    const taken = truncated(bytes, this.fileLimit, file.size);
    file.append(taken);
    if (taken.length === bytes.length) return true;
    file.close('truncated');
    return false;
  }

  /** Bytes that are inspected. */
  storeForInspection(bytes: Uint8Array): void {
    const { memory } = this;
    if (this.isReleased) return;
    if (memory.used + bytes.length > memory.cap) {
      memory.refused++;
      return;
    }
    memory.used += bytes.length;
    this.store.append(bytes);
  }

  /** Updates what is visible. @returns true if that is more than before */
  updateVisible(complete: boolean): boolean {
    const { length } = this.store;
    const { limit, minimum, window } = this.limits;
    const full = limit > 0 && length >= limit;
    const due = this.visible === 0 ? length >= minimum : length - this.visible >= window;
    if (length === this.visible || !(complete || full || due || this.immediate)) return false;
    this.visible = length;
    return true;
  }

  /** The transaction is over: its memory is no longer counted. */
  release(): void {
    this.isReleased = true;
    this.memory.used -= this.store.length;
  }
}

/** The part of `bytes` below a limit (0: none), after `before` bytes. */
function truncated(bytes: Uint8Array, limit: number, before: number): Uint8Array {
  const room = limit === 0 ? bytes.length : Math.max(0, limit - before);
  return room >= bytes.length ? bytes : bytes.subarray(0, room);
}
