/**
 * Streaming parser for forms with files (RFC 7578): only parts with a file name are followed. It is as lenient as
 * servers are: lines may end with LF alone, and parts may follow the end of the form.
 */
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

const MAX_BOUNDARY_LENGTH = 200;
const MAX_PART_HEADER_LENGTH = 4096;
const MAX_FILES = 1024;
const CR = 13;
const LF = 10;
const DASH = 0x2d;

/** The boundary that a Content-Type of `multipart/form-data` names. */
export function boundaryOf(contentType: string): string | undefined {
  if (!/^\s*multipart\/form-data/i.test(contentType)) return undefined;
  const match = /;\s*boundary\s*=\s*(?:"([^"]*)"|([^;,\t-\r ]*))/i.exec(contentType);
  const boundary = match?.[1] ?? match?.[2];
  return boundary && boundary.length <= MAX_BOUNDARY_LENGTH ? boundary : undefined;
}

type Where = 'before' | 'header' | 'content' | 'behind' | 'over';

export class Multipart {
  private where: Where = 'before';
  private pending: Uint8Array = EMPTY;
  private file: TrackedFile | undefined;
  private files = 0;
  /** The line end that ends the header of the current part is still to come. */
  private atBeginning = false;
  private readonly first: Uint8Array;
  private readonly delimiter: Uint8Array;

  constructor(
    boundary: string,
    private readonly target: MultipartTarget,
  ) {
    this.first = fromLatin1(`--${boundary}`);
    this.delimiter = fromLatin1(`\n--${boundary}`);
  }

  write(bytes: Uint8Array): void {
    if (this.where === 'over') return;
    let rest = this.pending.length > 0 ? Buffer.concat([this.pending, bytes]) : bytes;
    for (let progressed = true; progressed && !this.isFinished(); ) {
      const { length } = rest;
      const { where } = this;
      rest = this.step(rest);
      progressed = rest.length !== length || this.where !== where;
    }
    this.pending = this.isFinished() ? EMPTY : new Uint8Array(rest);
  }

  /** The missing bytes belong to the current part. */
  gap(missing: number): void {
    if (this.where === 'content') this.deliver(this.pending);
    this.file?.gap(missing);
    this.pending = EMPTY;
  }

  end(): void {
    if (this.where === 'content' && this.pending.length > 0) this.deliver(this.pending);
    if (this.where === 'before' && this.pending.length > 0) this.target.report('multipart_generic_error');
    this.pending = EMPTY;
  }

  private isFinished(): boolean {
    return this.where === 'over';
  }

  /** @returns the bytes still to be processed */
  private step(bytes: Uint8Array): Uint8Array {
    switch (this.where) {
      case 'before':
      case 'behind':
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
      if (at > 0 || this.where === 'behind') this.target.report('multipart_generic_error');
      this.where = 'header';
      return bytes.subarray(at + this.first.length);
    }
    return bytes.subarray(Math.max(0, bytes.length - this.first.length));
  }

  /** `--` after a delimiter ends the form; a line end begins a part. */
  private readHeader(bytes: Uint8Array): Uint8Array {
    if (bytes.length < 2) return bytes;
    if (bytes[0] === DASH && bytes[1] === DASH) {
      this.where = 'behind';
      this.file = undefined;
      return bytes.subarray(2);
    }
    const end = headerEnd(bytes);
    if ((end < 0 ? bytes.length : end) > MAX_PART_HEADER_LENGTH) return this.withoutHeader(bytes);
    if (end < 0) return bytes;
    this.where = 'content';
    this.beginPart(latin1(bytes, 0, end));
    // The line end before a delimiter may also be the one that ends the header.
    return bytes.subarray(end);
  }

  /** Parts that follow may have files. */
  private withoutHeader(bytes: Uint8Array): Uint8Array {
    this.target.report('multipart_invalid_header');
    this.where = 'content';
    this.file = undefined;
    this.atBeginning = false;
    return bytes;
  }

  private beginPart(header: string): void {
    const disposition = /(?:^|\n)content-disposition\s*:([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)/i.exec(header);
    this.file = undefined;
    this.atBeginning = true;
    if (!disposition) {
      this.target.report('multipart_invalid_header');
      return;
    }
    const name = FileName.fromDisposition(fromLatin1(disposition[1]!));
    if (!name) return;
    if (++this.files > MAX_FILES) {
      this.where = 'over';
      this.target.report('multipart_generic_error');
    } else this.file = this.target.open(name);
  }

  private readContent(bytes: Uint8Array): Uint8Array {
    const at = indexOf(bytes, this.delimiter);
    const { file } = this;
    if (at < 0) {
      const safe = bytes.length - this.delimiter.length;
      if (safe <= 2) return bytes;
      this.deliver(bytes.subarray(0, safe));
      return bytes.subarray(safe);
    }
    this.deliver(bytes.subarray(0, at > 0 && bytes[at - 1] === CR ? at - 1 : at));
    if (file && file.size === 0) this.target.report('multipart_no_filedata');
    if (file) this.target.close(file);
    this.where = 'header';
    return bytes.subarray(at + this.delimiter.length);
  }

  /** Content of the current part; the line end that ends its header comes first. */
  private deliver(bytes: Uint8Array): void {
    const content = this.atBeginning ? bytes.subarray(bytes[0] === CR ? 2 : 1) : bytes;
    this.atBeginning = false;
    if (!this.file || content.length === 0) return;
    this.file.append(content);
    this.target.content(content);
  }
}

/** Offset of the empty line that ends a header; -1 if there is none so far. */
function headerEnd(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    const next = bytes[at + 1];
    if (next === LF || (next === CR && bytes[at + 2] === LF)) return at + 1;
  }
  return -1;
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(wanted);
}
