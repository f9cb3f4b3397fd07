/** Where the bytes of a capture come from: a file, standard input, or a file that somebody still writes. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** No more bytes will come. */
export const INPUT_END = 0;
/** Nothing is there now; something may come later. */
export const INPUT_WAIT = -1;

export interface ByteInput {
  /** For messages. */
  readonly name: string;
  /**
   * Reads up to `length` bytes to `into[offset…]`.
   * @returns how many were read, INPUT_END or INPUT_WAIT
   * @throws Error of the operating system
   */
  read(into: Uint8Array, offset: number, length: number): number;
  close(): void;
}

/** Whether a path means standard input. */
export function isStandardInput(path: string): boolean {
  return path === '-' || path === '/dev/stdin';
}

/**
 * Opens a file, or standard input for `-`.
 *
 * @param follow the end of the file is not the end: more is waited for
 * @throws Error of the operating system; or when it is a folder
 */
export function openInput(path: string, follow = false): ByteInput {
  if (isStandardInput(path)) return new FileInput('standard input', openStandardInput(), false);
  const descriptor = openSync(path, 'r');
  if (fstatSync(descriptor).isDirectory()) {
    closeSync(descriptor);
    throw new Error('it is a folder, not a capture file');
  }
  return new FileInput(path, descriptor, follow);
}

/** A pipe opened anew does not block the thread that reads it; where that is not possible reading waits. */
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
    private readonly descriptor: number,
    private readonly follow: boolean,
  ) {}

  read(into: Uint8Array, offset: number, length: number): number {
    try {
      const count = readSync(this.descriptor, into, offset, length, null);
      return count === 0 && this.follow ? INPUT_WAIT : count;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return INPUT_WAIT;
      throw error;
    }
  }

  close(): void {
    if (this.descriptor !== 0) closeSync(this.descriptor);
  }
}
