/**
 * Storage of signatures besides their header rows: their JSON, compressed in small blocks, since most of them are never
 * read. A block is its compressed length (uint32, little endian) and the lines of its signatures.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Signature } from '../signature.js';

/** The stored part of a signature: addresses and ports are in the image's tables. */
export type StoredSignature = Omit<Signature, 'source' | 'destination' | 'sourcePorts' | 'destinationPorts'>;

/** Location of a signature: offset of its block, line in the block. */
export interface Stored {
  block: number;
  readonly line: number;
}

/** Blocks are collected in chunks of this size: zlib returns small views of larger buffers. */
const SLAB_BYTES = 1 << 20;
/** A larger block compresses better, but takes longer to decompress for a single signature. */
const LINES_OF_BLOCK = 16;
const HEAD = 4;

export class SignatureStore {
  private readonly slabs: Buffer[] = [];
  /** Bytes used in the last chunk. */
  private used = SLAB_BYTES;
  private lines: string[] = [];
  /** Signatures in the block that is not written yet. */
  private pending: Stored[] = [];
  private size = 0;

  add(signature: Signature): Stored {
    const stored = { block: 0, line: this.lines.length };
    this.lines.push(textOf(signature));
    this.pending.push(stored);
    if (this.lines.length === LINES_OF_BLOCK) this.endBlock();
    return stored;
  }

  /** All blocks, concatenated in shared memory. */
  finish(): Uint8Array {
    if (this.lines.length > 0) this.endBlock();
    const bytes = new Uint8Array(new SharedArrayBuffer(Math.max(1, this.size)));
    let at = 0;
    for (const slab of this.slabs) {
      bytes.set(slab.subarray(0, Math.min(SLAB_BYTES, this.size - at)), at);
      at += SLAB_BYTES;
    }
    return bytes;
  }

  private endBlock(): void {
    const packed = deflateRawSync(this.lines.join('\n'), { level: 1 });
    const head = Buffer.alloc(HEAD);
    head.writeUInt32LE(packed.length);
    for (const stored of this.pending) stored.block = this.size;
    this.write(head);
    this.write(packed);
    this.lines = [];
    this.pending = [];
  }

  private write(bytes: Buffer): void {
    for (let done = 0; done < bytes.length; ) {
      if (this.used === SLAB_BYTES) {
        this.slabs.push(Buffer.allocUnsafeSlow(SLAB_BYTES));
        this.used = 0;
      }
      const copied = bytes.copy(this.slabs.at(-1)!, this.used, done);
      done += copied;
      this.used += copied;
    }
    this.size += bytes.length;
  }
}

/** @param block, line as returned by `SignatureStore` */
export function storedSignature(bytes: Uint8Array, block: number, line: number): StoredSignature {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const start = block + HEAD;
  // A copy: zlib does not accept shared memory.
  const packed = bytes.slice(start, start + view.getUint32(block, true));
  const lines = inflateRawSync(packed).toString('utf8');
  let from = 0;
  for (let i = 0; i < line; i++) from = lines.indexOf('\n', from) + 1;
  const end = lines.indexOf('\n', from);
  return JSON.parse(end < 0 ? lines.slice(from) : lines.slice(from, end)) as StoredSignature;
}

function textOf(signature: Signature): string {
  const { source: _, destination: __, sourcePorts: ___, destinationPorts: ____, ...rest } = signature;
  return JSON.stringify(rest);
}
