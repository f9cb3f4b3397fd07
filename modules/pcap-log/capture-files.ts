/**
 * Capture files written by the manager: in pcap format 2.4 with microseconds, a new one when the limit is
 * reached. Write errors are logged and counted, and writing is retried a little later.
 */
import { closeSync, ftruncateSync, openSync, readdirSync, unlinkSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { LogSink } from '../../engine/log-sink.js';
import { makeFolder } from '../../engine/make-folder.js';
import type { FileNames } from './file-name.js';
import * as Framed from './framed-packet.js';
import { Lz4Frame } from './lz4.js';

const MAGIC = 0xa1b2c3d4;
const FILE_HEADER = 24;
const RECORD_HEADER = 16;
/** Longest packet announced in the header. */
const SNAP_LENGTH = 262_144;
/** Large enough for any packet. */
const BUFFER_BYTES = 512 << 10;
/** Number of names tried when a file name is taken. */
const MAX_NAMES = 1000;

export interface CaptureFilesSettings {
  readonly folder: string;
  /** Maximum size of a file in bytes. */
  readonly limit: number;
  /** Maximum number of files kept; 0: all. */
  readonly maxFiles: number;
  readonly permissions: number;
  /** The files are compressed. */
  readonly lz4?: { readonly checksum: boolean };
}

export class CaptureFiles implements LogSink {
  /** Packets that were written to a file, and that were lost. */
  readonly counts = { written: 0, lost: 0, errors: 0 };
  private readonly buffer = new Uint8Array(BUFFER_BYTES);
  private readonly view = Framed.viewOf(this.buffer);
  private used = 0;
  private buffered = 0;
  private file = -1;
  /** Frame of the open file, if it is compressed. */
  private frame: Lz4Frame | undefined;
  private path = '';
  /** Name of the latest file without its suffix number, and that number. */
  private name = '';
  private copy = 0;
  /** Bytes of the open file, including the buffer; and those already written. */
  private size = 0;
  private written = 0;
  private linkType = -1;
  /** After an error, until the next attempt. */
  private waiting = false;
  /** From the first error until packets could be written again. */
  private failing = false;
  private readonly files: string[] = [];

  constructor(
    private readonly names: FileNames,
    private readonly settings: CaptureFilesSettings,
    private readonly warn: (message: string) => void = () => {},
  ) {
    if (settings.maxFiles > 0) this.files.push(...this.earlierFiles());
  }

  /** @param frame of one packet */
  write(frame: Uint8Array): void {
    const header = Framed.viewOf(frame);
    const data = frame.subarray(Framed.FRAME_HEADER);
    if (!this.isReady(header, data.length)) {
      this.counts.lost++;
      return;
    }
    if (this.used + RECORD_HEADER + data.length > this.buffer.length) this.writeOut();
    if (this.file < 0 || this.used + RECORD_HEADER + data.length > this.buffer.length) {
      this.counts.lost++;
      return;
    }
    this.append(header, data);
  }

  /** Writes the buffer to the file; after an error, writing is retried from here on. */
  flush(): void {
    this.waiting = false;
    this.writeOut();
  }

  rotate(): void {
    this.closeFile();
  }

  get lost(): number {
    return this.counts.lost;
  }

  close(): void {
    this.closeFile();
    if (this.counts.lost > 0) this.warn(`pcap-log: ${this.counts.lost} packets were not written`);
  }

  private append(header: DataView, data: Uint8Array): void {
    const { view, used } = this;
    view.setUint32(used, header.getUint32(Framed.SECONDS, true), true);
    view.setUint32(used + 4, Math.floor(header.getUint32(Framed.NANOSECONDS, true) / 1000), true);
    view.setUint32(used + 8, data.length, true);
    view.setUint32(used + 12, header.getUint32(Framed.WIRE_LENGTH, true), true);
    this.buffer.set(data, used + RECORD_HEADER);
    this.used += RECORD_HEADER + data.length;
    this.size += RECORD_HEADER + data.length;
    this.buffered++;
  }

  /** @returns whether a file is open that can hold this packet */
  private isReady(header: DataView, length: number): boolean {
    const full = this.size + RECORD_HEADER + length > this.settings.limit && this.size > FILE_HEADER;
    const linkType = header.getInt32(Framed.LINK_TYPE, true);
    if (this.file >= 0 && (full || linkType !== this.linkType)) this.closeFile();
    if (this.file < 0 && !this.waiting) this.open(header, linkType);
    return this.file >= 0;
  }

  private open(header: DataView, linkType: number): void {
    const seconds = header.getUint32(Framed.SECONDS, true);
    const nanoseconds = header.getUint32(Framed.NANOSECONDS, true);
    try {
      this.create(seconds, nanoseconds);
    } catch (error) {
      this.failed(this.pathOf(seconds, nanoseconds, 0), error as Error);
      return;
    }
    this.linkType = linkType;
    this.size = FILE_HEADER;
    this.written = 0;
    const { lz4 } = this.settings;
    this.frame = lz4 && new Lz4Frame(lz4.checksum);
    this.writeHeader(linkType);
    this.removeOldest();
  }

  private pathOf(seconds: number, nanoseconds: number, copy: number): string {
    return join(this.settings.folder, this.names.at(seconds, nanoseconds, copy));
  }

  /**
   * An existing file is never overwritten: the next one of its second gets a number appended to its name, and the name
   * of a removed file is not reused, so that names show the order.
   */
  private create(seconds: number, nanoseconds: number): void {
    makeFolder(dirname(this.pathOf(seconds, nanoseconds, 0)));
    const name = this.names.at(seconds, nanoseconds);
    const first = name === this.name ? this.copy + 1 : 0;
    for (let copy = first; copy < first + MAX_NAMES; copy++) {
      const tried = this.pathOf(seconds, nanoseconds, copy);
      try {
        this.file = openSync(tried, 'wx', this.settings.permissions);
        this.path = tried;
        this.name = name;
        this.copy = copy;
        if (this.settings.maxFiles > 0) this.files.push(tried);
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
    throw new Error(`${MAX_NAMES} files of this name exist already`);
  }

  private writeHeader(linkType: number): void {
    const { view } = this;
    this.buffer.fill(0, 0, FILE_HEADER);
    view.setUint32(0, MAGIC, true);
    view.setUint16(4, 2, true);
    view.setUint16(6, 4, true);
    view.setUint32(16, SNAP_LENGTH, true);
    view.setUint32(20, linkType, true);
    this.used = FILE_HEADER;
  }

  private removeOldest(): void {
    while (this.files.length > this.settings.maxFiles && this.settings.maxFiles > 0) {
      const oldest = this.files.shift()!;
      try {
        unlinkSync(oldest);
      } catch (error) {
        // If it was removed by somebody else, nothing is left to do.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.reportError(oldest, error as Error);
      }
    }
  }

  /** Files of earlier runs count towards the limit. */
  private earlierFiles(): string[] {
    const { folder } = this.settings;
    try {
      const within = join(folder, dirname(this.names.at(0, 0)));
      return readdirSync(within)
        .filter(name => this.names.isOne(name))
        .sort((a, b) => this.names.compare(a, b))
        .map(name => join(within, basename(name)));
    } catch {
      return [];
    }
  }

  private writeOut(): void {
    if (this.used === 0 || this.file < 0) return;
    const plain = this.buffer.subarray(0, this.used);
    try {
      if (this.frame && this.written === 0) this.put(this.frame.header());
      this.put(this.frame ? this.frame.blocks(plain) : plain);
      this.counts.written += this.buffered;
      this.failing = false;
    } catch (error) {
      this.discardBuffer(error as Error);
    }
    this.used = 0;
    this.buffered = 0;
  }

  private put(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) done += writeSync(this.file, bytes, done);
    this.written += bytes.length;
  }

  /**
   * A partial packet would make the rest of the file unreadable: it is truncated after the last whole one, and closed.
   */
  private discardBuffer(error: Error): void {
    this.counts.lost += this.buffered;
    this.failed(this.path, error);
    const file = this.file;
    this.file = -1;
    try {
      this.truncateAndClose(file);
    } catch {
      // Already logged: it is the same disk.
    }
  }

  private truncateAndClose(file: number): void {
    try {
      if (this.written > 0) ftruncateSync(file, this.written);
      else this.removeEmpty();
    } finally {
      closeSync(file);
    }
  }

  /** Each attempt would otherwise leave an empty file. */
  private removeEmpty(): void {
    unlinkSync(this.path);
    this.name = '';
    if (this.files.at(-1) === this.path) this.files.pop();
  }

  private closeFile(): void {
    this.writeOut();
    if (this.file < 0) return;
    this.endFrame();
    closeSync(this.file);
    this.file = -1;
  }

  private endFrame(): void {
    if (!this.frame) return;
    try {
      this.put(this.frame.end());
    } catch (error) {
      this.failed(this.path, error as Error);
    }
  }

  private failed(path: string, error: Error): void {
    this.waiting = true;
    this.reportError(path, error);
  }

  private reportError(path: string, error: Error): void {
    this.counts.errors++;
    if (!this.failing)
      this.warn(`pcap-log: ${path}: ${error.message}; packets are lost until it can be written`);
    this.failing = true;
  }
}
