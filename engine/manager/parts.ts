/**
 * Lines of threads that read parts of the input side by side, put in the order of the parts. Lines of a part that is
 * not due wait here; when many wait, threads that are ahead are left waiting too, until the one that is due has caught up.
 */

/** A thread and the part whose lines it gives: undefined before the first. */
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

  /** Its lines would only have to wait, and many do already. */
  isAhead({ part }: PartGiver): boolean {
    return part !== undefined && part !== this.due && this.waitingBytes > MOST_WAITING_BYTES;
  }

  begin(giver: PartGiver, part: number): void {
    this.end(giver);
    giver.part = part;
  }

  /** The giver gives no more lines of its part. */
  end(giver: PartGiver): void {
    if (giver.part === undefined) return;
    this.over.add(giver.part);
    giver.part = undefined;
    while (this.over.delete(this.due)) {
      this.release(this.due++);
      // What the next one has given so far is due now.
      this.release(this.due);
    }
  }

  line({ part }: PartGiver, file: string, bytes: Uint8Array): void {
    if (part === undefined || part === this.due) {
      this.write(file, bytes);
      return;
    }
    const lines = this.waiting.get(part) ?? [];
    // The bytes are those of a ring, which are overwritten.
    lines.push({ file, bytes: bytes.slice() });
    this.waiting.set(part, lines);
    this.waitingBytes += bytes.length;
  }

  /** Nothing more will come: parts that never began are passed over. */
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
