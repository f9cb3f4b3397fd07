/** Domain names (RFC 1035 3.1, 4.1.4): labels joined by dots, compression pointers followed, all bounded. */
import type { Problem } from './message.js';

/** Longest name given out, and labels in it. A legal name has 253 bytes and 127 labels. */
const MAX_NAME = 1025;
const MAX_LABELS = 255;
/** Pointers followed in one name: each must lead somewhere new, so a loop is noticed soon. */
const MAX_POINTERS = 128;

export interface ReadName {
  readonly name: Uint8Array;
  /** Offset behind the name, -1 when it runs over the end. */
  readonly next: number;
}

const NOTHING = new Uint8Array(0);
/** Where a name is put together before it is copied out; a thread reads one name at a time. */
const assembly = new Uint8Array(MAX_NAME);

export class NameReader {
  constructor(
    private readonly bytes: Uint8Array,
    private readonly report: (problem: Problem) => void,
  ) {}

  /** Reads the name at `start`, which itself may not run past `end`. */
  read(start: number, end: number): ReadName {
    let at = start;
    let next = -1;
    let length = 0;
    let labels = 0;
    let pointers = 0;
    for (;;) {
      const limit = next < 0 ? end : this.bytes.length;
      if (at >= limit) return { name: NOTHING, next: -1 };
      const size = this.bytes[at]!;
      if (size === 0) return this.done(length, next < 0 ? at + 1 : next);
      if ((size & 0xc0) === 0xc0) {
        if (at + 1 >= limit) return { name: NOTHING, next: -1 };
        if (next < 0) next = at + 2;
        if (++pointers > MAX_POINTERS) return this.stop('infinite_loop', length, next);
        at = ((size & 0x3f) << 8) | this.bytes[at + 1]!;
        continue;
      }
      if ((size & 0xc0) !== 0 || at + 1 + size > limit) return { name: NOTHING, next: -1 };
      if (++labels > MAX_LABELS) return this.stop('too_many_labels', length, next);
      if (length + size + 1 > MAX_NAME) {
        this.report('name_too_long');
        return this.skipRest(at, end, length, next);
      }
      if (length > 0) assembly[length++] = 0x2e;
      assembly.set(this.bytes.subarray(at + 1, at + 1 + size), length);
      length += size;
      at += 1 + size;
    }
  }

  private done(length: number, next: number): ReadName {
    return { name: assembly.slice(0, length), next };
  }

  /** The name is cut; where reading goes on is known only behind a pointer. */
  private stop(problem: Problem, length: number, next: number): ReadName {
    this.report(problem);
    return { name: assembly.slice(0, length), next };
  }

  /** Walks over the labels that did not fit any more. */
  private skipRest(start: number, end: number, length: number, known: number): ReadName {
    if (known >= 0) return this.done(length, known);
    let at = start;
    while (at < end) {
      const size = this.bytes[at]!;
      if (size === 0) return this.done(length, at + 1);
      if (size >= 0xc0) return this.done(length, at + 2);
      at += 1 + size;
    }
    return { name: NOTHING, next: -1 };
  }
}
