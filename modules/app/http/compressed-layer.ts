/**
 * gzip (RFC 1952), zlib (RFC 1950) or raw DEFLATE, detected regardless of which was announced. Content that cannot be
 * decompressed at all is passed on unchanged; if it is damaged later, the part before is passed on.
 */

import { GrowingBytes } from '../../../engine/application/growing-bytes.js';
import { uint16 } from '../../../engine/packet/network-order.js';
import type { Consumer, Layer } from './coding-layer.js';
import { GzipHead } from './gzip-head.js';
import { Inflate } from './inflate.js';

/** Bytes of a header that are kept: a longer one is skipped. */
const MAX_HEAD_LENGTH = 65536;

/** Bytes that must decompress correctly before data without a header is treated as compressed. */
const MIN_CONVINCING_BYTES = 8192;

type Mode = 'head' | 'body' | 'passing' | 'over';

export class CompressedLayer implements Layer {
  private mode: Mode = 'head';
  /** Bytes from the beginning, until something was decompressed: passed on if nothing can be. Undefined if too many. */
  private head: GrowingBytes | undefined = new GrowingBytes();
  private active = true;
  private inflate = this.newInflate();
  private attempts: Start[] = [];
  private gzip: GzipHead | undefined;
  /** Output of data that may not be compressed. */
  private tentative: GrowingBytes | undefined;

  constructor(
    private readonly announced: 'gzip' | 'deflate',
    private readonly next: Consumer,
    private readonly failed: () => void,
  ) {}

  write(bytes: Uint8Array): boolean {
    if (this.mode === 'passing') return this.next(bytes);
    if (this.mode === 'over') return true;
    this.head?.append(bytes);
    if (this.mode === 'body') this.feed(bytes);
    else if (this.gzip) this.passGzipHead(this.gzip, bytes);
    else this.begin(this.head!.view());
    return this.active;
  }

  end(): void {
    if (this.mode === 'head' && this.head && this.head.length > 0) this.next(this.head.view());
    else this.acceptTentative();
  }

  /** Decides by the first two bytes. */
  private begin(bytes: Uint8Array): void {
    if (bytes.length < 2) return;
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
      this.gzip = new GzipHead();
      this.passGzipHead(this.gzip, bytes);
    } else this.try(startsWithoutGzip(bytes, this.announced));
  }

  private passGzipHead(gzip: GzipHead, bytes: Uint8Array): void {
    const end = gzip.take(bytes);
    if (end < 0) {
      if (this.head && this.head.length > MAX_HEAD_LENGTH) this.head = undefined;
    } else if (this.head) {
      const at = this.head.length - bytes.length + end;
      this.try(
        at === FIXED_HEADER_ONLY.at ? [FIXED_HEADER_ONLY] : [{ at, certain: true }, FIXED_HEADER_ONLY],
      );
    } else {
      this.mode = 'body';
      this.feed(bytes.subarray(end));
    }
  }

  private try(starts: Start[]): void {
    this.attempts = starts;
    this.mode = 'body';
    this.attempt();
  }

  private attempt(): void {
    const start = this.attempts.shift();
    if (start === undefined) {
      this.passUnchanged();
      return;
    }
    this.inflate = this.newInflate();
    this.tentative = start.certain ? undefined : new GrowingBytes();
    this.feed(this.head!.view().subarray(start.at));
  }

  private feed(bytes: Uint8Array): void {
    const state = this.inflate.write(bytes);
    if (state === 'done') this.acceptTentative();
    if (this.inflate.produced > 0 && !this.tentative) this.head = undefined;
    if (state === 'done') this.mode = 'over';
    if (state === 'stopped') this.active = false;
    if (state !== 'damaged') return;
    if (this.head) {
      this.attempt();
      return;
    }
    this.failed();
    this.mode = 'passing';
  }

  private passUnchanged(): void {
    this.failed();
    this.tentative = undefined;
    this.mode = 'passing';
    const all = this.head!.view();
    this.head = undefined;
    if (!this.next(all)) this.active = false;
  }

  private newInflate(): Inflate {
    return new Inflate((bytes, start, end) => this.take(bytes.subarray(start, end)));
  }

  private take(bytes: Uint8Array): boolean {
    if (!this.tentative) return this.next(bytes);
    this.tentative.append(bytes);
    return this.tentative.length < MIN_CONVINCING_BYTES || this.acceptTentative();
  }

  /** Accepts the output so far as the content. */
  private acceptTentative(): boolean {
    const { tentative } = this;
    this.tentative = undefined;
    return tentative && tentative.length > 0 ? this.next(tentative.view()) : true;
  }
}

/** Where DEFLATE data may begin; `certain` if a header says so. */
interface Start {
  readonly at: number;
  readonly certain: boolean;
}

/** A gzip header whose flags are wrong. */
const FIXED_HEADER_ONLY: Start = { at: 10, certain: true };

/** Best guess first. */
function startsWithoutGzip(bytes: Uint8Array, announced: 'gzip' | 'deflate'): Start[] {
  const zlib = (bytes[0]! & 15) === 8 && uint16(bytes, 0) % 31 === 0;
  const raw = { at: 0, certain: announced === 'deflate' };
  const wrapped = { at: 2, certain: zlib };
  return zlib ? [wrapped, raw] : [raw, wrapped];
}
