/** Forms with files (RFC 7578), as they come: only parts with a file name are followed. */
import type { TrackedFile } from '../../../engine/files/tracked-file.js';
import { fromLatin1, latin1 } from '../../../engine/latin1.js';
import { EMPTY } from './bytes.js';
import type { HttpEvent } from './events.js';
import { FileName } from './file-name.js';

export interface MultipartTarget {
  open(name: Uint8Array): TrackedFile;
  close(file: TrackedFile): void;
  /** Contents of files. */
  content(bytes: Uint8Array): void;
  report(event: HttpEvent): void;
}

const LONGEST_BOUNDARY = 200;
const LONGEST_PART_HEADER = 4096;
const MOST_PARTS = 1024;

/** The boundary that a Content-Type of `multipart/form-data` names. */
export function boundaryOf(contentType: string): string | undefined {
  if (!/^\s*multipart\/form-data/i.test(contentType)) return undefined;
  const match = /;\s*boundary\s*=\s*(?:"([^"]*)"|([^;,\t-\r ]*))/i.exec(contentType);
  const boundary = match?.[1] ?? match?.[2];
  return boundary && boundary.length <= LONGEST_BOUNDARY ? boundary : undefined;
}

type Where = 'before' | 'header' | 'content' | 'over';

export class Multipart {
  private where: Where = 'before';
  private pending: Uint8Array = EMPTY;
  private file: TrackedFile | undefined;
  private parts = 0;
  private readonly first: Uint8Array;
  private readonly delimiter: Uint8Array;

  constructor(
    boundary: string,
    private readonly target: MultipartTarget,
  ) {
    this.first = fromLatin1(`--${boundary}`);
    this.delimiter = fromLatin1(`\r\n--${boundary}`);
  }

  write(bytes: Uint8Array): void {
    if (this.where === 'over') return;
    let rest = this.pending.length > 0 ? Buffer.concat([this.pending, bytes]) : bytes;
    for (let before = -1; rest.length !== before && !this.isOver(); ) {
      before = rest.length;
      rest = this.step(rest);
    }
    this.pending = this.isOver() ? EMPTY : new Uint8Array(rest);
  }

  /** What is missing belongs to the part in hand. */
  gap(missing: number): void {
    if (this.where === 'content') this.give(this.pending);
    this.file?.gap(missing);
    this.pending = EMPTY;
  }

  end(): void {
    if (this.where === 'content' && this.pending.length > 0) this.give(this.pending);
    if (this.where === 'before' && this.pending.length > 0) this.target.report('multipart_generic_error');
    this.pending = EMPTY;
  }

  private isOver(): boolean {
    return this.where === 'over';
  }

  /** @returns what is left to be looked at */
  private step(bytes: Uint8Array): Uint8Array {
    switch (this.where) {
      case 'before':
        return this.findFirst(bytes);
      case 'header':
        return this.readHeader(bytes);
      case 'content':
        return this.readContent(bytes);
      default:
        return EMPTY;
    }
  }

  private findFirst(bytes: Uint8Array): Uint8Array {
    const at = indexOf(bytes, this.first);
    if (at >= 0) {
      if (at > 0) this.target.report('multipart_generic_error');
      return this.behindDelimiter(bytes.subarray(at + this.first.length));
    }
    return bytes.subarray(Math.max(0, bytes.length - this.first.length));
  }

  /** `--` behind a delimiter ends the form; a line end begins a part. */
  private behindDelimiter(bytes: Uint8Array): Uint8Array {
    this.where = 'header';
    if (++this.parts > MOST_PARTS) {
      this.where = 'over';
      this.target.report('multipart_generic_error');
    }
    return bytes;
  }

  private readHeader(bytes: Uint8Array): Uint8Array {
    if (bytes.length < 2) return bytes;
    if (bytes[0] === 0x2d && bytes[1] === 0x2d) {
      this.where = 'over';
      return EMPTY;
    }
    const end = indexOf(bytes, HEADER_END);
    if (end < 0) {
      if (bytes.length <= LONGEST_PART_HEADER) return bytes;
      this.target.report('multipart_invalid_header');
      this.where = 'over';
      return EMPTY;
    }
    this.beginPart(latin1(bytes, 0, end));
    this.where = 'content';
    // The line end before a delimiter may be the one that ends the header.
    return bytes.subarray(end + 2);
  }

  private beginPart(header: string): void {
    const disposition = /(?:^|\r\n)content-disposition\s*:([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)/i.exec(header);
    this.file = undefined;
    this.atBeginning = true;
    if (!disposition) {
      this.target.report('multipart_invalid_header');
      return;
    }
    const name = FileName.fromDisposition(fromLatin1(disposition[1]!));
    if (name) this.file = this.target.open(name);
  }

  private atBeginning = false;

  private readContent(bytes: Uint8Array): Uint8Array {
    const at = indexOf(bytes, this.delimiter);
    const { file } = this;
    if (at < 0) {
      const safe = bytes.length - this.delimiter.length;
      if (safe <= 2) return bytes;
      this.give(bytes.subarray(0, safe));
      return bytes.subarray(safe);
    }
    this.give(bytes.subarray(0, at));
    if (file && file.size === 0) this.target.report('multipart_no_filedata');
    if (file) this.target.close(file);
    return this.behindDelimiter(bytes.subarray(at + this.delimiter.length));
  }

  /** Content of the part in hand; the line end that ends its header comes first. */
  private give(bytes: Uint8Array): void {
    const content = this.atBeginning ? bytes.subarray(2) : bytes;
    this.atBeginning = false;
    if (!this.file || content.length === 0) return;
    this.file.append(content);
    this.target.content(content);
  }
}

const HEADER_END = fromLatin1('\r\n\r\n');

function indexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(wanted);
}
