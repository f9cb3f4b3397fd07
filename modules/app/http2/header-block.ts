/** Decoding of compressed header blocks (RFC 7541 6). */
import { fromLatin1 } from '../../../engine/latin1.js';
import { copy, isWord } from '../http/bytes.js';
import type { Http2Event } from './events.js';
import { type Field, HeaderTable } from './header-table.js';
import { decodeHuffman } from './huffman.js';

/** A field of a message, or a size update of the table. */
export type BlockEntry = Field | { readonly tableSize: number };

export function isField(entry: BlockEntry): entry is Field {
  return 'name' in entry;
}

const SEPARATOR = fromLatin1(', ');

/** The value of a field; repeated ones are joined by `, `. @param name in lower case */
export function fieldValue(fields: readonly Field[], name: string): Uint8Array | undefined {
  const found = fields.filter(field => isWord(field.name, 0, field.name.length, name));
  if (found.length <= 1) return found[0]?.value;
  return Buffer.concat(found.flatMap(({ value }, i) => (i === 0 ? [value] : [SEPARATOR, value])));
}

const MAX_INTEGER = 2 ** 32 - 1;
/** Beyond this an integer is too long, whatever its value (RFC 7541 5.1): enough for 64 bits. */
const MAX_FACTOR = 128 ** 9;

/** Bytes counted against the limit of a message's fields, at least one. */
export function sizeOf(entry: BlockEntry): number {
  return isField(entry) ? entry.name.length + entry.value.length + 1 : 1;
}

export class HeaderDecoder {
  private readonly table: HeaderTable;
  private block: Uint8Array = new Uint8Array(0);
  private at = 0;
  /** The block ended within an entry. */
  private cut = false;

  /** @param maxTable maximum bytes of the dynamic table */
  constructor(maxTable: number) {
    this.table = new HeaderTable(maxTable);
  }

  /**
   * The entries of the block; decoding stops at an error, which is reported.
   * @param room bytes of fields that are kept: a byte on the wire can stand for a field of any size
   */
  decode(block: Uint8Array, room: number, report: (event: Http2Event) => void): BlockEntry[] {
    this.block = block;
    this.at = 0;
    this.cut = false;
    const entries: BlockEntry[] = [];
    let left = room;
    while (this.at < block.length) {
      const entry = this.entry(report);
      if (entry === undefined) break;
      left -= sizeOf(entry);
      if (left >= 0) entries.push(entry);
    }
    if (this.cut) report('extra_header_data');
    // The whole block was read nevertheless: the table must stay in step with the sender's.
    if (left < 0) report('reassembly_limit_reached');
    return entries;
  }

  private entry(report: (event: Http2Event) => void): BlockEntry | undefined {
    const first = this.block[this.at]!;
    if (first & 0x80) return this.indexed(report);
    if (first & 0x40) return this.literal(6, true, report);
    if (first & 0x20) return this.resize(report);
    return this.literal(4, false, report);
  }

  private indexed(report: (event: Http2Event) => void): Field | undefined {
    const index = this.integer(7, report);
    const field = index === undefined ? undefined : this.table.at(index);
    if (!field && !this.cut) report('invalid_header');
    return field;
  }

  private resize(report: (event: Http2Event) => void): BlockEntry | undefined {
    const tableSize = this.integer(5, report);
    if (tableSize === undefined) return undefined;
    if (!this.table.resize(tableSize)) report('invalid_header');
    return { tableSize };
  }

  /**
   * @param bits of the first byte that hold the index of its name; 0: the name follows  @param kept whether it is added
   * to the table
   */
  private literal(bits: number, kept: boolean, report: (event: Http2Event) => void): Field | undefined {
    const index = this.integer(bits, report);
    if (index === undefined) return undefined;
    const name = index === 0 ? this.text(report) : this.table.at(index)?.name;
    const value = name && this.text(report);
    if (!name || !value) {
      if (!this.cut) report('invalid_header');
      return undefined;
    }
    const field = { name, value };
    if (kept) this.table.add(field);
    return field;
  }

  /** RFC 7541 5.1. @param bits of the first byte */
  private integer(bits: number, report: (event: Http2Event) => void): number | undefined {
    const mask = (1 << bits) - 1;
    let value = this.block[this.at++]! & mask;
    if (value < mask) return value;
    for (let factor = 1; this.at < this.block.length; factor *= 128) {
      const byte = this.block[this.at++]!;
      value += (byte & 0x7f) * factor;
      if (value > MAX_INTEGER || factor > MAX_FACTOR) {
        report('header_integer_overflow');
        return undefined;
      }
      if ((byte & 0x80) === 0) return value;
    }
    this.cut = true;
    return undefined;
  }

  /** RFC 7541 5.2. */
  private text(report: (event: Http2Event) => void): Uint8Array | undefined {
    const coded = ((this.block[this.at] ?? 0) & 0x80) !== 0;
    if (this.at === this.block.length) this.cut = true;
    const length = this.cut ? undefined : this.integer(7, report);
    if (length === undefined) return undefined;
    if (this.at + length > this.block.length) {
      this.cut = true;
      return undefined;
    }
    const bytes = this.block.subarray(this.at, this.at + length);
    this.at += length;
    return coded ? decodeHuffman(bytes) : copy(bytes);
  }
}
