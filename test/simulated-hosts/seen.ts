/** What a sensor got of one side of a conversation whose beginning it has not seen. */
import type { Segment } from './segment.js';

export class Seen {
  /** Position of the first byte seen. */
  private begin: number | undefined;
  /** What the other side has acknowledged. */
  private acked = 0;
  private readonly bytes: string[] = [];
  /** Positions of bytes that arrived after they were acknowledged: they may have been treated as lost. */
  private readonly late = new Set<number>();

  take({ seq, data, syn }: Segment): void {
    const at = seq - 1 + (syn ? 1 : 0);
    this.begin ??= at;
    for (let i = at; i < at + data.length; i++) {
      if (this.bytes[i] === undefined && i < this.acked) this.late.add(i);
      this.bytes[i] = data[i - at]!;
    }
  }

  /** @param segment of the other side */
  hearAck({ ack = 1 }: Segment): void {
    this.acked = Math.max(this.acked, ack - 1);
  }

  /** Whether the text is what was seen: everything from the first byte seen on, except bytes that came too late. */
  isRead(text: string): boolean {
    // Possible lengths of the matched text before each byte.
    let before = new Set([0]);
    for (let i = 0; i < this.bytes.length; i++) {
      const byte = this.bytes[i];
      if (byte === undefined) continue;
      const optional = i < (this.begin ?? 0) || this.late.has(i);
      before = behind(before, text, byte, optional);
    }
    return before.has(text.length);
  }
}

function behind(before: ReadonlySet<number>, text: string, byte: string, optional: boolean): Set<number> {
  const lengths = new Set<number>();
  for (const length of before) {
    if (optional) lengths.add(length);
    if (text[length] === byte) lengths.add(length + 1);
  }
  return lengths;
}
