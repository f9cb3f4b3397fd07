/**
 * A log file written by the manager: lines are appended through a buffer. If the disk is full or the file cannot be
 * opened, only lines are lost: they are counted, and writing resumes when possible.
 */
import { closeSync, constants, fchmodSync, fchownSync, openSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LogFileSettings } from './log-file/settings.js';
import { strftime } from './log-file/strftime.js';
import { linesIn } from './log-sink.js';
import { makeFolder } from './make-folder.js';

const NEWLINE = 0x0a;
const APPEND = 'a';
const OVERWRITE = 'w';
/** A pipe (mkfifo): it cannot be opened without a reader, and a full pipe is treated like a full disk. */
const PIPE = constants.O_WRONLY | constants.O_NONBLOCK;
const REASONS: Readonly<Record<string, string>> = {
  ENXIO: 'the pipe has no reader',
  EPIPE: 'the reader of the pipe has closed it',
};

export interface LogFileCounts {
  /** Bytes written to the file, and failed writes or opens. */
  bytes: number;
  errors: number;
  /** Lines lost. */
  lost: number;
}

export class LogFile {
  readonly counts: LogFileCounts = { bytes: 0, errors: 0, lost: 0 };
  private readonly buffer: Uint8Array;
  private used = 0;
  private file = -1;
  /** Size of the open file, as written here. */
  private size = 0;
  private rotateAt: number;
  private wasOpened = false;
  /** A pipe without a reader: opening it is not retried for each line. */
  private hasNoReader = false;
  /** The last write ended within a line. */
  private withinLine = false;
  /** Set from the first error until everything could be written again. */
  private failing = false;
  /** Lost lines that were already reported. */
  private reportedLost = 0;

  /**
   * @param path may contain `%Y-%m-%d` and other strftime fields: the time at which the file is opened
   * @param now clock in seconds since the epoch
   * @param report called with the first error after a period without errors, and when it is resolved
   */
  constructor(
    private readonly path: string,
    private readonly settings: LogFileSettings,
    private readonly now: () => number = () => Date.now() / 1000,
    private readonly report: (message: string) => void = () => {},
  ) {
    this.buffer = new Uint8Array(settings.bufferSize);
    this.rotateAt = this.nextRotation();
    this.open();
  }

  /** Appends whole lines. */
  write(bytes: Uint8Array): void {
    if (!this.hasNoReader && this.used + bytes.length > this.buffer.length) this.flush();
    if (this.used + bytes.length <= this.buffer.length) {
      this.buffer.set(bytes, this.used);
      this.used += bytes.length;
    } else if (this.used > 0 || !this.writeThrough(bytes)) this.counts.lost += linesIn(bytes);
  }

  /** Writes the buffer to the file, and rotates it when due. */
  flush(): void {
    if (this.now() >= this.rotateAt || this.size >= this.settings.rotateSize) this.rotate();
    if (this.used === 0) return;
    const written = this.writeOut(this.buffer.subarray(0, this.used));
    this.buffer.copyWithin(0, written, this.used);
    this.used -= written;
  }

  /** Closes the file and reopens it by name, so that a moved file is complete. */
  rotate(): void {
    this.rotateAt = this.nextRotation();
    this.size = 0;
    if (this.used > 0 && this.file >= 0) {
      const written = this.writeOut(this.buffer.subarray(0, this.used));
      this.buffer.copyWithin(0, written, this.used);
      this.used -= written;
    }
    this.closeFile();
    this.open();
  }

  /** Gives the file to the user that the process is about to become, which reopens it later. */
  changeOwner(uid: number, gid: number): void {
    if (this.file < 0) return;
    try {
      fchownSync(this.file, uid, gid);
    } catch {
      // If this fails, changing to that user fails too and is reported there.
    }
  }

  close(): void {
    this.flush();
    if (this.used > 0) this.counts.lost += linesIn(this.buffer.subarray(0, this.used));
    this.used = 0;
    this.closeFile();
    this.reportLost('');
  }

  get lost(): number {
    return this.counts.lost;
  }

  /** Writes a line larger than the buffer, which is empty. @returns false if nothing was written */
  private writeThrough(bytes: Uint8Array): boolean {
    const written = this.writeOut(bytes);
    if (written === 0) return false;
    // The rest is written when there is room; what does not fit into the buffer is truncated.
    const rest = bytes.subarray(written, written + this.buffer.length);
    this.buffer.set(rest);
    this.used = rest.length;
    const leftOut = linesIn(bytes.subarray(written + rest.length));
    if (leftOut > 0) this.buffer[this.used - 1] = NEWLINE;
    this.counts.lost += leftOut;
    return true;
  }

  /** @returns the number of bytes written */
  private writeOut(bytes: Uint8Array): number {
    if (this.file < 0) this.open();
    if (this.file < 0) return 0;
    let written = 0;
    let next = 0;
    try {
      while (written < bytes.length) written += writeSync(this.file, bytes, written);
      next = written;
      this.recovered();
    } catch (error) {
      this.failed(error as Error);
      next = (error as NodeJS.ErrnoException).code === 'EPIPE' ? this.closePipe(bytes, written) : written;
    }
    if (written > 0) this.withinLine = this.file >= 0 && bytes[written - 1] !== NEWLINE;
    this.counts.bytes += written;
    this.size += written;
    return next;
  }

  /** The next reader starts with a whole line. @returns its offset */
  private closePipe(bytes: Uint8Array, written: number): number {
    this.closeFile();
    const start = written === 0 ? 0 : bytes.lastIndexOf(NEWLINE, written - 1) + 1;
    if (start > 0 || !this.withinLine) return start;
    this.withinLine = false;
    this.counts.lost++;
    return bytes.indexOf(NEWLINE) + 1;
  }

  private open(): void {
    const path = this.path.includes('%') ? strftime(this.path, new Date(this.now() * 1000)) : this.path;
    const flags = this.settings.append || this.wasOpened ? APPEND : OVERWRITE;
    try {
      makeFolder(dirname(path));
      this.file = openSync(path, isPipe(path) ? PIPE : flags, this.settings.mode);
      this.wasOpened = true;
      this.hasNoReader = false;
      if (this.settings.exactMode) this.setMode();
    } catch (error) {
      this.file = -1;
      this.hasNoReader = (error as NodeJS.ErrnoException).code === 'ENXIO';
      this.failed(error as Error);
    }
  }

  private setMode(): void {
    try {
      fchmodSync(this.file, this.settings.mode);
    } catch {
      // A file of another owner keeps its mode.
    }
  }

  private failed(error: Error): void {
    this.counts.errors++;
    const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ''] ?? error.message;
    if (!this.failing) this.report(`${this.path}: ${reason}; lines are buffered as long as there is room`);
    this.failing = true;
  }

  private recovered(): void {
    if (!this.failing) return;
    this.failing = false;
    this.reportLost(', writing has resumed');
  }

  /** Each gap is reported once. */
  private reportLost(more: string): void {
    const lost = this.lost - this.reportedLost;
    if (lost > 0) this.report(`${this.path}: ${lost} lines were lost${more}`);
    this.reportedLost = this.lost;
  }

  private closeFile(): void {
    if (this.file >= 0) closeSync(this.file);
    this.file = -1;
  }

  private nextRotation(): number {
    const { rotateInterval } = this.settings;
    return rotateInterval > 0
      ? (Math.floor(this.now() / rotateInterval) + 1) * rotateInterval
      : Number.POSITIVE_INFINITY;
  }
}

function isPipe(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFIFO() === true;
}
