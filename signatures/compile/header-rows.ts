/** Header rows of signatures in loading order, sorted into evaluation order at the end. */
import type { Signature } from '../signature.js';
import type { Compiled } from './compiled.js';
import * as Header from './header.js';
import type { Stored } from './signature-store.js';

const FIRST_ROWS = 1024;

interface Row {
  readonly at: number;
  readonly stored: Stored;
}

export class HeaderRows {
  private table = new Int32Array(FIRST_ROWS * Header.INTS);
  private readonly rows = new Map<Compiled, Row>();

  constructor(private readonly sets: Header.Sets) {}

  add(compiled: Compiled, signature: Signature, stored: Stored): void {
    const at = this.rows.size * Header.INTS;
    if (at === this.table.length) {
      const larger = new Int32Array(2 * this.table.length);
      larger.set(this.table);
      this.table = larger;
    }
    Header.writeHeader(this.table, at, signature, compiled.traits, this.sets);
    this.table[at + Header.FAST_PATTERN_END] = compiled.pattern?.maximumEnd ?? 0;
    this.table[at + Header.TEXT_LINE] = stored.line;
    this.table[at + Header.TEXT_SUM] = sumOf(signature.text);
    this.rows.set(compiled, { at, stored });
  }

  /** The rows of these signatures in shared memory; call it after their store is finished. */
  sorted(all: readonly Compiled[]): Int32Array {
    const header = new Int32Array(new SharedArrayBuffer(Math.max(4, all.length * Header.INTS * 4)));
    all.forEach((compiled, i) => {
      const { at, stored } = this.rows.get(compiled)!;
      header.set(this.table.subarray(at, at + Header.INTS), i * Header.INTS);
      header[i * Header.INTS + Header.TEXT_BLOCK] = stored.block;
    });
    return header;
  }
}

/** 32-bit FNV-1a. */
function sumOf(text: string): number {
  let sum = 0x811c9dc5 | 0;
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193);
  return sum;
}
