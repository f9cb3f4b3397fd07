/** Domain names (RFC 1035 3.1, 4.1.4): labels joined by dots, compression pointers followed, all within limits. */

/** Maximum length of a returned name, and of labels in it. A legal name has 253 bytes and 127 labels. */
export const MAX_NAME = 1025;
export const MAX_LABELS = 255;
/** Maximum pointers followed in one name, wherever they lead: beyond that, it is treated as a loop. */
export const MAX_POINTERS = 128;

/** Errors of a name: names of events. */
export type NameProblem = 'name_too_long' | 'infinite_loop' | 'too_many_labels';

const NOTHING = new Uint8Array(0);
/** Buffer in which a name is assembled before it is copied; a thread reads one name at a time. */
const assembly = new Uint8Array(MAX_NAME);

/** Walks the names of one message, and reads them. */
export class Names {
  /** Error of the current name. */
  problem: NameProblem | undefined;
  /** Length of the current name in bytes, including dots. */
  private length = 0;
  /** Labels and pointers examined so far: the cost of the message. */
  steps = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /**
   * Walks the name at `start`, which itself must end before `end`.
   * @returns offset after it, -1 if it does not end or has a label of an unknown kind
   */
  walk(start: number, end: number): number {
    return this.follow(start, end, false);
  }

  /** The name at `start` as a copy; empty if there is none. A name that is too long is truncated. */
  read(start: number, end: number): Uint8Array {
    if (this.follow(start, end, true) < 0) return NOTHING;
    return assembly.slice(0, this.length);
  }

  private follow(start: number, end: number, keep: boolean): number {
    const { bytes } = this;
    let at = start;
    let next = -1;
    let labels = 0;
    let pointers = 0;
    this.length = 0;
    this.problem = undefined;
    for (;;) {
      const limit = next < 0 ? end : bytes.length;
      if (at >= limit) return -1;
      const size = bytes[at]!;
      if (size === 0) return next < 0 ? at + 1 : next;
      this.steps++;
      if (size >= 0xc0) {
        if (at + 1 >= limit) return -1;
        if (next < 0) next = at + 2;
        if (++pointers > MAX_POINTERS) return this.stop('infinite_loop', next);
        at = ((size & 0x3f) << 8) | bytes[at + 1]!;
        continue;
      }
      if (size >= 0x40 || at + 1 + size > limit) return -1;
      if (++labels > MAX_LABELS) return this.stop('too_many_labels', next < 0 ? this.behind(at, end) : next);
      if (this.length + size + 1 > MAX_NAME)
        return this.stop('name_too_long', next < 0 ? this.behind(at, end) : next);
      if (keep) this.add(at + 1, size);
      this.length += this.length > 0 ? size + 1 : size;
      at += 1 + size;
    }
  }

  private add(at: number, size: number): void {
    let { length } = this;
    if (length > 0) assembly[length++] = 0x2e;
    for (let i = 0; i < size; i++) assembly[length + i] = this.bytes[at + i]!;
  }

  /** The name is truncated, but the offset to continue from is known. */
  private stop(problem: NameProblem, next: number): number {
    this.problem = problem;
    return next;
  }

  /** Offset after the labels that did not fit. */
  private behind(start: number, end: number): number {
    let at = start;
    while (at < end) {
      const size = this.bytes[at]!;
      if (size === 0) return at + 1;
      if (size >= 0xc0) return at + 2 <= end ? at + 2 : -1;
      at += 1 + size;
      this.steps++;
    }
    return -1;
  }
}
