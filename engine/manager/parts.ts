/**
 * Orders the lines of threads that read parts of the input in parallel by part. Lines of a part that is not due wait
 * here; if many wait, threads that are ahead must wait too, until the one that is due has caught up.
 */

/** A thread and the part whose lines it delivers: undefined before the first. */
export interface PartGiver {
  part: number | undefined;
}

interface Line {
  readonly file: string;
  readonly bytes: Uint8Array;
}

const MOST_WAITING_BYTES = 64 << 20;

export class Parts {
  private due = 0;
  private readonly over = new Set<number>();
  private readonly waiting = new Map<number, Line[]>();
  private waitingBytes = 0;

  constructor(private readonly write: (file: string, bytes: Uint8Array) => void) {}

  /** Its lines would have to wait, and many already do. */
  isAhead({ part }: PartGiver): boolean {
    return part !== undefined && part !== this.due && this.waitingBytes > MOST_WAITING_BYTES;
  }

  begin(giver: PartGiver, part: number): void {
    this.end(giver);
    giver.part = part;
  }

  /** The thread delivers no more lines of its part. */
  end(giver: PartGiver): void {
    if (giver.part === undefined) return;
    this.over.add(giver.part);
    giver.part = undefined;
    while (this.over.delete(this.due)) {
      this.release(this.due++);
      // Lines of the next part received so far are due now.
      this.release(this.due);
    }
  }

  line({ part }: PartGiver, file: string, bytes: Uint8Array): void {
    if (part === undefined || part === this.due) {
      this.write(file, bytes);
      return;
    }
    const lines = this.waiting.get(part) ?? [];
    // The bytes are in a ring and will be overwritten.
    lines.push({ file, bytes: bytes.slice() });
    this.waiting.set(part, lines);
    this.waitingBytes += bytes.length;
  }

  /** No more lines will follow: parts that never began are skipped. */
  close(): void {
    for (const part of [...this.waiting.keys()].sort((a, b) => a - b)) this.release(part);
  }

  private release(part: number): void {
    for (const { file, bytes } of this.waiting.get(part) ?? []) {
      this.write(file, bytes);
      this.waitingBytes -= bytes.length;
    }
    this.waiting.delete(part);
  }
}
