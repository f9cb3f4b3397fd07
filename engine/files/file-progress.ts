import type { Direction } from '../protocol.js';

/** Progress states at which the files of a protocol's transactions are available. */
export interface FileProgress {
  readonly direction: Direction;
  /** A file may have begun. */
  readonly begun: number;
  /** All files are closed. */
  readonly closed: number;
}
