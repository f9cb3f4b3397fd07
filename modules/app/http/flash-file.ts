/**
 * Compressed Flash files (`swf-decompression`): the file is inspected as a player sees it, with the header of an
 * uncompressed file. Layout: SWF file format specification, version 19, chapter 2.
 */
import { GrowingBytes } from '../../../engine/application/growing-bytes.js';
import { BufferedLayer, type Decoded } from './buffered-layer.js';
import type { Consumer, Layer } from './coding-layer.js';
import { Inflate } from './inflate.js';
import { decodeLzma } from './lzma.js';

/** Which kinds are decompressed, and limits in bytes; 0: no limit but those of the file and of bodies. */
export interface FlashSettings {
  readonly type: 'deflate' | 'lzma' | 'both';
  /** Of the compressed file. */
  readonly compressed: number;
  /** Of the output. */
  readonly decompressed: number;
}

/** Signature, version, length of the whole file when uncompressed. */
const HEADER = 8;
const FILE_LENGTH = 4;
const SIGNATURE = 3;
const PLAIN = 0x46;
const KINDS: Readonly<Record<number, 'deflate' | 'lzma'>> = { 67: 'deflate', 90: 'lzma' };
const [W, S] = [0x57, 0x53];
/** The header of zlib (RFC 1950 2.2). */
const ZLIB_HEADER = 2;
/** LZMA: length of the compressed data, then the properties that an .lzma file begins with, followed by its length. */
const PROPERTIES = 12;
const LZMA_DATA = 17;
const LZMA_PROPERTIES = 5;
const LZMA_HEADER = 13;

/** A body that may be a Flash file: passes on what is to be inspected. */
export class FlashFile implements Layer {
  private readonly head = new GrowingBytes();
  private layer: Layer | undefined;
  private taken = 0;

  /** @param most maximum bytes of output if the settings have no limit */
  constructor(
    private readonly settings: FlashSettings,
    private readonly most: number,
    private readonly next: Consumer,
  ) {}

  write(bytes: Uint8Array): boolean {
    if (this.layer) return this.pass(this.layer, bytes);
    this.head.append(bytes);
    if (this.head.length < SIGNATURE) return true;
    this.layer = this.layerFor(this.head.view());
    return this.pass(this.layer, this.head.view());
  }

  end(): void {
    if (this.layer) this.layer.end();
    else if (this.head.length > 0) this.next(this.head.view());
  }

  private pass(layer: Layer, bytes: Uint8Array): boolean {
    const { compressed } = this.settings;
    const isBounded = layer instanceof BufferedLayer && compressed > 0;
    const within = isBounded ? bytes.subarray(0, Math.max(0, compressed - this.taken)) : bytes;
    this.taken += within.length;
    return within.length === 0 || layer.write(within);
  }

  private layerFor(file: Uint8Array): Layer {
    const { type, decompressed } = this.settings;
    const kind = file[1] === W && file[2] === S ? KINDS[file[0]!] : undefined;
    if (kind === undefined || (type !== 'both' && type !== kind)) return { write: this.next, end() {} };
    const most = decompressed || this.most;
    return new BufferedLayer(this.next, Number.POSITIVE_INFINITY, bytes => decoded(kind, bytes, most));
  }
}

/** The file so far in uncompressed form; undefined if nothing was decompressed. */
function decoded(kind: 'deflate' | 'lzma', file: Uint8Array, most: number): Decoded | undefined {
  if (file.length <= HEADER) return undefined;
  const announced = new DataView(file.buffer, file.byteOffset).getUint32(FILE_LENGTH, true) - HEADER;
  const limit = Math.min(most, Math.max(0, announced));
  const body = kind === 'lzma' ? ofLzma(file, limit) : ofZlib(file, limit);
  if (!body || body.length === 0) return undefined;
  const content = new Uint8Array(HEADER + body.length);
  content.set(file.subarray(0, HEADER));
  content[0] = PLAIN;
  content.set(body, HEADER);
  return { content, isFinished: body.length >= limit };
}

function ofZlib(file: Uint8Array, limit: number): Uint8Array {
  const body = new GrowingBytes();
  const inflate = new Inflate((bytes, start, end) => {
    body.append(bytes, start, Math.min(end, start + limit - body.length));
    return body.length < limit;
  });
  inflate.write(file.subarray(HEADER + ZLIB_HEADER));
  return body.view();
}

function ofLzma(file: Uint8Array, limit: number): Uint8Array | undefined {
  if (file.length <= LZMA_DATA) return undefined;
  const lzma = new Uint8Array(LZMA_HEADER + file.length - LZMA_DATA);
  lzma.set(file.subarray(PROPERTIES, LZMA_DATA));
  // Unknown length: the length of the file itself is enforced by the limit.
  lzma.fill(0xff, LZMA_PROPERTIES, LZMA_HEADER);
  lzma.set(file.subarray(LZMA_DATA), LZMA_HEADER);
  return decodeLzma(lzma, limit);
}
