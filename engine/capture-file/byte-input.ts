/** The source of a capture's bytes: a file, standard input, or a file that is still being written. */
import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';

/** No more bytes will follow. */
export const INPUT_END = 0;
/** No bytes available now; more may follow later. */
export const INPUT_WAIT = -1;

export interface ByteInput {
  /** For messages. */
  readonly name: string;
  /** Set if a followed file ended because it was replaced or truncated: the reason, for messages. */
  readonly changed?: string | undefined;
  /**
   * Reads up to `length` bytes to `into[offset…]`.
   * @returns number of bytes read, INPUT_END or INPUT_WAIT
   * @throws Error of the operating system
   */
  read(into: Uint8Array, offset: number, length: number): number;
  close(): void;
}

/** Whether a path refers to standard input. */
export function isStandardInput(path: string): boolean {
  return path === '-' || path === '/dev/stdin';
}

/** Bytes of a name that are not UTF-8 were replaced by this character: the file cannot be opened by it. */
export function isUndecodable(path: string): boolean {
  return path.includes('\uFFFD');
}

/** For messages about such a file. */
export const UNDECODABLE_NAME = 'the file name is not UTF-8; rename the file, or read it from standard input';

/**
 * Opens a file, or standard input for `-`.
 *
 * @param follow at the end of the file, wait for more
 * @throws Error of the operating system; or if it is a folder
 */
export function openInput(path: string, follow = false): ByteInput {
  if (isStandardInput(path)) return new FileInput('standard input', openStandardInput());
  const descriptor = openFile(path);
  const status = fstatSync(descriptor);
  if (status.isDirectory()) {
    closeSync(descriptor);
    throw new Error('is a folder, not a capture file');
  }
  if (!follow) return new FileInput(path, descriptor);
  return status.isFile() ? new GrowingInput(path, descriptor) : new PipeInput(path, descriptor);
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw isUndecodable(path) ? new Error(UNDECODABLE_NAME) : error;
  }
}

/** Reopens a pipe so that reading does not block the thread; if that is not possible, reads block. */
function openStandardInput(): number {
  try {
    return openSync('/dev/stdin', constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return 0;
  }
}

class FileInput implements ByteInput {
  constructor(
    readonly name: string,
    protected readonly descriptor: number,
  ) {}

  read(into: Uint8Array, offset: number, length: number): number {
    try {
      return readSync(this.descriptor, into, offset, length, null);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return INPUT_WAIT;
      throw error;
    }
  }

  close(): void {
    if (this.descriptor !== 0) closeSync(this.descriptor);
  }
}

/** A named pipe: other writers may open it later. */
class PipeInput extends FileInput {
  override read(into: Uint8Array, offset: number, length: number): number {
    return super.read(into, offset, length) || INPUT_WAIT;
  }
}

/** A file being written, until it is replaced by another file or truncated. */
class GrowingInput extends FileInput {
  changed: string | undefined;
  private position = 0;

  override read(into: Uint8Array, offset: number, length: number): number {
    let count = super.read(into, offset, length);
    // What was written before the file was replaced belongs to it.
    if (count === 0 && this.hasChanged()) count = super.read(into, offset, length);
    else if (count === 0) return INPUT_WAIT;
    this.position += Math.max(count, 0);
    return count;
  }

  private hasChanged(): boolean {
    const own = fstatSync(this.descriptor);
    const named = statSync(this.name, { throwIfNoEntry: false });
    if (named && (named.ino !== own.ino || named.dev !== own.dev))
      this.changed = 'the file was replaced by another one';
    else if (own.size < this.position) this.changed = 'the file was truncated';
    return this.changed !== undefined;
  }
}
