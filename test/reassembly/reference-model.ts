/** The pairwise rule, byte by byte and piece by piece, without regard to speed: the reference for the reassembler. */

interface ModelPiece {
  start: number;
  end: number;
  data: string;
}

/** Who owns the bytes that both have; o: the old piece, n: the new one. In the order of `cellOf`. */
const TABLE: Record<string, string> = {
  first: 'ooo ooo ooo',
  last: 'nnn nnn nnn',
  bsd: 'nnn ooo ooo',
  linux: 'nnn oon ooo',
  'old-linux': 'nnn onn ooo',
  solaris: 'onn onn oon',
};

/** New starts before, at, inside the old piece; and ends inside, with, beyond it. */
function cellOf(piece: ModelPiece, old: ModelPiece): number {
  const starts = Math.sign(piece.start - old.start) + 1;
  const ends = Math.sign(piece.end - old.end) + 1;
  return starts * 4 + ends;
}

export class ReferenceModel {
  /** Delivered data, a dot for each byte that is finally missing. */
  output = '';
  private readonly pieces: ModelPiece[] = [];
  private readonly owners = new Map<number, ModelPiece>();
  private acked = 0;
  /** Inline, bytes are kept until they are acknowledged. */
  private forgotten = 0;

  constructor(
    private readonly policy: string,
    private readonly inline = false,
  ) {}

  /** @returns the payload with which the packet leaves */
  segment(start: number, data: string): string {
    const piece = { start, end: start + data.length, data };
    let leaves = '';
    for (let position = start; position < piece.end; position++) {
      const covering = this.pieces.filter(old => old.start <= position && position < old.end);
      const known = this.inline && position >= this.forgotten && this.owners.has(position);
      leaves += known ? this.byteAt(position) : data[position - start]!;
      if (position < this.output.length) continue;
      if (covering.every(old => TABLE[this.policy]![cellOf(piece, old)] === 'n'))
        this.owners.set(position, piece);
    }
    this.pieces.push(piece);
    if (this.inline) this.deliver(0);
    return leaves;
  }

  acknowledge(position: number): void {
    this.acked = Math.max(this.acked, position);
    this.forgotten = Math.max(this.forgotten, Math.min(this.acked, this.output.length));
    this.deliver(this.acked);
  }

  finish(): void {
    this.deliver(Number.POSITIVE_INFINITY);
  }

  private deliver(limit: number): void {
    for (;;) {
      const position = this.output.length;
      if (this.owners.has(position)) {
        if (!this.inline && position >= limit) return;
        this.output += this.byteAt(position);
        continue;
      }
      const next = Math.min(...[...this.owners.keys()].filter(known => known > position));
      if (next >= limit) return;
      this.output += '.'.repeat(next - position);
      this.forgotten = Math.max(this.forgotten, next);
    }
  }

  private byteAt(position: number): string {
    const piece = this.owners.get(position)!;
    return piece.data[position - piece.start]!;
  }
}
