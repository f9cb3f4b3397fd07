/**
 * Orders the lines of threads that read parts of the input in parallel by part. Lines of a part that is not due wait
 * here; if many wait, threads that are ahead must wait too, until the one that is due has caught up.
 */

/** A thread and the part whose lines it delivers: undefined before the first. */
export interface PartSource {
  part: number | undefined;
}

interface Line {
  readonly file: string;
  readonly bytes: Uint8Array;
}

const MAX_PENDING_BYTES = 64 << 20;

export class OrderedParts {
  private current = 0;
  private readonly finished = new Set<number>();
  private readonly pending = new Map<number, Line[]>();
  private pendingBytes = 0;

  constructor(private readonly write: (file: string, bytes: Uint8Array) => void) {}

  /** Its lines would have to wait, and many already do. */
  isAhead({ part }: PartSource): boolean {
    return part !== undefined && part !== this.current && this.pendingBytes > MAX_PENDING_BYTES;
  }

  begin(source: PartSource, part: number): void {
    this.end(source);
    source.part = part;
  }

  /** The thread delivers no more lines of its part. */
  end(source: PartSource): void {
    if (source.part === undefined) return;
    this.finished.add(source.part);
    source.part = undefined;
    while (this.finished.delete(this.current)) {
      this.release(this.current++);
      // Lines of the next part received so far are due now.
      this.release(this.current);
    }
  }

  addLine({ part }: PartSource, file: string, bytes: Uint8Array): void {
    if (part === undefined || part === this.current) {
      this.write(file, bytes);
      return;
    }
    const lines = this.pending.get(part) ?? [];
    // The bytes are in a ring and will be overwritten.
    lines.push({ file, bytes: bytes.slice() });
    this.pending.set(part, lines);
    this.pendingBytes += bytes.length;
  }

  /** No more lines will follow: parts that never began are skipped. */
  close(): void {
    for (const part of [...this.pending.keys()].sort((a, b) => a - b)) this.release(part);
  }

  private release(part: number): void {
    for (const { file, bytes } of this.pending.get(part) ?? []) {
      this.write(file, bytes);
      this.pendingBytes -= bytes.length;
    }
    this.pending.delete(part);
  }
}
