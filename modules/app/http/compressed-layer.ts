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
const LONGEST_HEAD = 65536;

const FLAG_CRC = 2;
const FLAG_EXTRA = 4;
const FLAG_NAME = 8;
const FLAG_COMMENT = 16;

/** Bytes that must decompress correctly before data without a header is treated as compressed. */
const CONVINCING = 8192;

type Mode = 'head' | 'long head' | 'body' | 'passing' | 'over';

export class CompressedLayer implements Layer {
  private mode: Mode = 'head';
  /** Bytes from the beginning, until something was decompressed: passed on if nothing can be. */
  private head: GrowingBytes | undefined = new GrowingBytes();
  private wanted = true;
  private inflate = this.newInflate();
  private attempts: Start[] = [];
  private longHead: GzipHead | undefined;
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
    if (this.longHead) {
      this.passOver(this.longHead, bytes);
      return this.wanted;
    }
    this.head?.append(bytes);
    if (this.mode === 'head') this.begin();
    else this.feed(bytes);
    return this.wanted;
  }

  end(): void {
    if (this.mode === 'head' && this.head && this.head.length > 0) this.next(this.head.view());
    else this.believe();
  }

  /** Finds where the compressed data begins, as soon as that is known. */
  private begin(): void {
    const head = this.head!;
    const starts = startsOf(head.view(), this.announced);
    if (starts === undefined) {
      if (head.length > LONGEST_HEAD) this.passOver(new GzipHead(), head.view());
      return;
    }
    this.attempts = starts;
    this.mode = 'body';
    this.attempt();
  }

  private passOver(head: GzipHead, bytes: Uint8Array): void {
    this.mode = 'long head';
    this.head = undefined;
    const end = head.take(bytes);
    this.longHead = end < 0 ? head : undefined;
    if (end < 0) return;
    this.mode = 'body';
    this.feed(bytes.subarray(end));
  }

  private attempt(): void {
    const start = this.attempts.shift();
    if (start === undefined) {
      this.giveUp();
      return;
    }
    this.inflate = this.newInflate();
    this.tentative = start.sure ? undefined : new GrowingBytes();
    this.feed(this.head!.view().subarray(start.at));
  }

  private feed(bytes: Uint8Array): void {
    const state = this.inflate.write(bytes);
    if (state === 'done') this.believe();
    if (this.inflate.produced > 0 && !this.tentative) this.head = undefined;
    if (state === 'done') this.mode = 'over';
    if (state === 'stopped') this.wanted = false;
    if (state !== 'damaged') return;
    if (this.head) {
      this.attempt();
      return;
    }
    this.failed();
    this.mode = 'passing';
  }

  private giveUp(): void {
    this.failed();
    this.tentative = undefined;
    this.mode = 'passing';
    const all = this.head!.view();
    this.head = undefined;
    if (!this.next(all)) this.wanted = false;
  }

  private newInflate(): Inflate {
    return new Inflate((bytes, start, end) => this.take(bytes.subarray(start, end)));
  }

  private take(bytes: Uint8Array): boolean {
    if (!this.tentative) return this.next(bytes);
    this.tentative.append(bytes);
    return this.tentative.length < CONVINCING || this.believe();
  }

  /** Accepts the output so far as the content. */
  private believe(): boolean {
    const { tentative } = this;
    this.tentative = undefined;
    return tentative && tentative.length > 0 ? this.next(tentative.view()) : true;
  }
}

/** Where DEFLATE data may begin; `sure` if a header says so. */
interface Start {
  readonly at: number;
  readonly sure: boolean;
}

/** Best guess first; undefined if more bytes are needed to decide. */
function startsOf(bytes: Uint8Array, announced: 'gzip' | 'deflate'): Start[] | undefined {
  if (bytes.length < 2) return undefined;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    const start = gzipStart(bytes);
    if (start === undefined) return undefined;
    const bare = { at: 10, sure: true };
    return start === 10 ? [bare] : [{ at: start, sure: true }, bare];
  }
  const zlib = (bytes[0]! & 15) === 8 && uint16(bytes, 0) % 31 === 0;
  const raw = { at: 0, sure: announced === 'deflate' };
  const wrapped = { at: 2, sure: zlib };
  return zlib ? [wrapped, raw] : [raw, wrapped];
}

/** Length of a gzip header, as far as it is known. */
function gzipStart(bytes: Uint8Array): number | undefined {
  if (bytes.length < 10) return undefined;
  const flags = bytes[3]!;
  let at: number | undefined = 10;
  if (flags & FLAG_EXTRA) {
    if (bytes.length < 12) return undefined;
    at += 2 + bytes[10]! + (bytes[11]! << 8);
  }
  if (flags & FLAG_NAME) at = behindZero(bytes, at);
  if (flags & FLAG_COMMENT && at !== undefined) at = behindZero(bytes, at);
  if (flags & FLAG_CRC && at !== undefined) at += 2;
  return at === undefined || at > bytes.length ? undefined : at;
}

function behindZero(bytes: Uint8Array, from: number): number | undefined {
  const at = bytes.indexOf(0, from);
  return at < 0 ? undefined : at + 1;
}
