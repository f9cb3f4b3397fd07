/**
 * A file in a transaction: `begin`, any number of `append`s and gaps, then `close`, called by the parser; magic,
 * digests and size are computed incrementally.
 */

import { createHash, type Hash } from 'node:crypto';
import { latin1 } from '../latin1.js';
import { BlockBuffer } from './block-buffer.js';
import type { FileSettings } from './file-settings.js';
import { ENOUGH_FOR_MAGIC, MAGIC_BYTES } from './magic.js';

/** `truncated`: it exceeded the tracked length, or its stream ended early. */
export type FileState = 'open' | 'closed' | 'truncated' | 'error';

export class TrackedFile {
  state: FileState = 'open';
  /** Bytes received. */
  size = 0;
  gaps = false;
  /** It is written to the file store regardless of rules. */
  readonly store: boolean;
  /** Its record was created. */
  isRecorded = false;
  /** It ended before the current packet: alerts no longer list it. */
  endedBefore = false;
  /** Range of a larger file that this one is a part of. */
  range: { readonly start: number; readonly end: number; readonly total: number } | undefined;
  /** All received bytes are kept; false for a file larger than the store accepts. */
  storedCompletely = true;
  private readonly stored = new BlockBuffer();
  private head: Uint8Array = new Uint8Array(0);
  private readonly hashes: { md5?: Hash; sha1?: Hash; sha256?: Hash } = {};
  private readonly digests: { md5?: string; sha1?: string; sha256?: string } = {};
  private foundMagic: string | undefined;

  /**
   * @param name as given in the protocol, bytes
   * @param toServer its direction
   */
  constructor(
    readonly name: Uint8Array,
    readonly toServer: boolean,
    readonly settings: FileSettings,
  ) {
    if (settings.md5) this.hashes.md5 = createHash('md5');
    if (settings.sha1) this.hashes.sha1 = createHash('sha1');
    if (settings.sha256) this.hashes.sha256 = createHash('sha256');
    this.store = settings.storeAll;
  }

  /** Bytes kept for the file store, in order, if possible. */
  get chunks(): readonly Uint8Array[] {
    return this.stored.parts;
  }

  /** Its name as text, one character per byte. */
  get nameText(): string {
    return latin1(this.name);
  }

  /** The next bytes; copied if they are kept. */
  append(bytes: Uint8Array): void {
    if (this.state !== 'open' || bytes.length === 0) return;
    if (this.head.length < MAGIC_BYTES) this.extendHead(bytes);
    this.size += bytes.length;
    for (const hash of [this.hashes.md5, this.hashes.sha1, this.hashes.sha256]) hash?.update(bytes);
    if (this.settings.mayStore) this.storeBytes(bytes);
  }

  /** Bytes are missing: digests of the whole file are no longer available. */
  gap(missing: number): void {
    if (this.state !== 'open') return;
    this.gaps = true;
    this.size += missing;
  }

  /**
   * No more data will follow. For a truncated file only the digest by which it is stored is computed, over the received
   * bytes.
   */
  close(state: Exclude<FileState, 'open'> = 'closed'): void {
    if (this.state !== 'open') return;
    this.state = this.gaps && state === 'closed' ? 'truncated' : state;
    for (const kind of ['md5', 'sha1', 'sha256'] as const) {
      const hash = this.hashes[kind];
      if (hash && (kind === 'sha256' || this.state === 'closed')) this.digests[kind] = hash.digest('hex');
      this.hashes[kind] = undefined;
    }
  }

  /** Digest as hexadecimal digits, once the file is closed. */
  digest(kind: 'md5' | 'sha1' | 'sha256'): string | undefined {
    return this.digests[kind];
  }

  /** File type by its first bytes; undefined before there are any. */
  get magic(): string | undefined {
    if (this.head.length === 0) return undefined;
    if (this.foundMagic !== undefined) return this.foundMagic;
    const found = this.settings.kindOf(this.head);
    if (this.isMagicKnown) this.foundMagic = found;
    return found;
  }

  /** `magic` will not change any more. */
  get isMagicKnown(): boolean {
    return this.state !== 'open' || this.head.length >= ENOUGH_FOR_MAGIC;
  }

  private storeBytes(bytes: Uint8Array): void {
    const room = this.settings.maxStored - this.stored.length;
    if (bytes.length > room) this.storedCompletely = false;
    if (room <= 0) return;
    this.stored.append(bytes.length > room ? bytes.subarray(0, room) : bytes);
  }

  private extendHead(bytes: Uint8Array): void {
    const more = bytes.subarray(0, MAGIC_BYTES - this.head.length);
    const head = new Uint8Array(this.head.length + more.length);
    head.set(this.head);
    head.set(more, this.head.length);
    this.head = head;
  }
}

/** Files of a direction. @param transaction that may have files */
export function filesOf(
  transaction: { readonly files?: readonly TrackedFile[]; readonly skippedFiles?: number },
  toServer: boolean,
): readonly TrackedFile[] {
  const files = transaction.files?.filter(file => file.toServer === toServer) ?? [];
  return transaction.skippedFiles ? files.slice(transaction.skippedFiles) : files;
}
