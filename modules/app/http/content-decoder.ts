/** Decodes the content encodings of a body (RFC 9110 8.4), layer by layer, within limits. */

import { constants as bufferConstants } from 'node:buffer';
import { latin1, trimAscii } from '../../../engine/latin1.js';
import { threadMilliseconds } from '../../../engine/thread/thread-clock.js';
import { decodeBrotli } from './brotli.js';
import { BufferedLayer, type Decoded } from './buffered-layer.js';
import type { Consumer, Layer } from './coding-layer.js';
import { CompressedLayer } from './compressed-layer.js';
import type { HttpEvent } from './events.js';
import { decodeLzma } from './lzma.js';
import type { ServerSettings } from './server-settings.js';

export type Encoding = 'gzip' | 'deflate' | 'br' | 'lzma';

/**
 * Encodings named by a Content-Encoding field, in the order in which they are decoded: the last one was applied last. A
 * value that names several, or unknown ones, is interpreted as browsers do.
 */
export function encodingsOf(
  value: Uint8Array,
  layers: number,
  report: (event: HttpEvent) => void,
): Encoding[] {
  const text = trimAscii(latin1(value).replaceAll('\0', '')).toLowerCase();
  const only = exactEncoding(text);
  if (only !== undefined) return layers > 0 && only !== 'none' ? [only] : [];
  const found: Encoding[] = [];
  for (const token of text.split(/[,\t-\r ]+/)) {
    if (token === '') continue;
    const exact = exactEncoding(token);
    const encoding = exact ?? approximateEncoding(token);
    if (exact === undefined) report('abnormal_ce_header');
    if (encoding !== undefined && encoding !== 'none') found.push(encoding);
  }
  if (found.length > layers) report('too_many_encoding_layers');
  return found.reverse().slice(0, layers);
}

function exactEncoding(token: string): Encoding | 'none' | undefined {
  switch (token) {
    case 'gzip':
    case 'x-gzip':
      return 'gzip';
    case 'deflate':
    case 'x-deflate':
      return 'deflate';
    case 'br':
      return 'br';
    case 'lzma':
      return 'lzma';
    case 'inflate':
    case 'none':
    case 'identity':
      return 'none';
    default:
      return undefined;
  }
}

function approximateEncoding(token: string): Encoding | undefined {
  if (token.includes('gzip')) return 'gzip';
  return token.includes('deflate') ? 'deflate' : undefined;
}

const SLICE = 1024;

export class ContentDecoder {
  private readonly first: Layer;
  private active = true;
  private read = 0;
  private decoded = 0;
  private spent = 0;
  private readonly layers: Layer[] = [];
  private memoryReached = false;
  private isBomb = false;

  constructor(
    encodings: readonly Encoding[],
    private readonly settings: ServerSettings,
    private readonly consumer: Consumer,
    private readonly report: (event: HttpEvent) => void,
  ) {
    let next: Consumer = bytes => this.deliver(bytes);
    for (const encoding of this.withoutDoubleLzma(encodings).reverse()) {
      const layer = this.createLayer(encoding, next);
      this.layers.unshift(layer);
      next = bytes => layer.write(bytes);
    }
    this.first = this.layers[0]!;
  }

  write(bytes: Uint8Array): void {
    const { decompressionTime } = this.settings;
    // Wall-clock time is cheap to read, but includes time used by other threads and processes: it is used for at most
    // half of the limit. After that, the CPU time of the thread is used.
    const half = decompressionTime / 2;
    const byWall = this.spent < half || decompressionTime === 0;
    const start = byWall ? performance.now() : threadMilliseconds();
    this.decode(bytes);
    if (byWall) this.spent = Math.min(this.spent + performance.now() - start, half);
    else this.spent += threadMilliseconds() - start;
    if (decompressionTime > 0 && this.spent > decompressionTime) this.reportBomb();
  }

  /** In slices, so that the ratio of output to input is known more precisely. */
  private decode(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && this.active; at += SLICE) {
      const slice = bytes.subarray(at, at + SLICE);
      this.read += slice.length;
      if (!this.first.write(slice)) this.active = false;
    }
  }

  end(): void {
    if (!this.active) return;
    for (const layer of this.layers) layer.end();
  }

  /** Only one layer of LZMA is decoded: its dictionaries are large. */
  private withoutDoubleLzma(encodings: readonly Encoding[]): Encoding[] {
    const first = encodings.indexOf('lzma');
    const kept = encodings.filter((encoding, at) => encoding !== 'lzma' || at === first);
    if (kept.length < encodings.length) this.report('compression_bomb_double_lzma');
    return kept;
  }

  /** Output that does not fit into the dictionary's memory is omitted. */
  private lzma(bytes: Uint8Array): Decoded | undefined {
    const { lzmaMemory } = this.settings;
    const content = decodeLzma(bytes, lzmaMemory);
    if (content && content.length >= lzmaMemory && !this.memoryReached) {
      this.memoryReached = true;
      this.report('lzma_memlimit_reached');
    }
    return content && { content, isFinished: false };
  }

  /** If the whole output would exceed `most` bytes, it may be a bomb although less than that is returned. */
  private brotli(bytes: Uint8Array, most: number): Decoded {
    const { content, end } = decodeBrotli(bytes, most);
    if (end === 'too large' && most > this.settings.bombRatio * this.read) this.reportBomb();
    return { content, isFinished: end !== undefined };
  }

  private createLayer(encoding: Encoding, next: Consumer): Layer {
    const { bombLimit, lzma } = this.settings;
    // More than the maximum size of a buffer cannot be requested.
    const most = Math.min(4 * bombLimit, bufferConstants.MAX_LENGTH);
    switch (encoding) {
      case 'br':
        return new BufferedLayer(next, most, bytes => this.brotli(bytes, most));
      case 'lzma':
        if (!lzma) return { write: next, end: () => {} };
        return new BufferedLayer(next, most, bytes => this.lzma(bytes));
      default:
        return new CompressedLayer(encoding, next, () => this.report('gzip_decompression_failed'));
    }
  }

  private deliver(bytes: Uint8Array): boolean {
    this.decoded += bytes.length;
    const { bombLimit, bombRatio } = this.settings;
    if (this.decoded > bombLimit && this.decoded > bombRatio * this.read) {
      this.reportBomb();
      return false;
    }
    // Stops once the consumer wants no more and the limit was passed without it being a bomb.
    return this.consumer(bytes) || this.decoded <= bombLimit;
  }

  private reportBomb(): void {
    this.active = false;
    if (!this.isBomb) this.report('compression_bomb');
    this.isBomb = true;
  }
}

/** Decoder for a body by its Content-Encoding field; undefined if there is nothing to decode. */
export function decoderOf(
  field: Uint8Array | undefined,
  settings: ServerSettings,
  sink: Consumer,
  report: (event: HttpEvent) => void,
): ContentDecoder | undefined {
  const encodings = field ? encodingsOf(field, settings.layers, report) : [];
  return encodings.length > 0 ? new ContentDecoder(encodings, settings, sink, report) : undefined;
}
