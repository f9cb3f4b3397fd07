import type { Direction } from '../protocol.js';

/** When the files of a protocol's transactions are there, as its progress. */
export interface FileProgress {
  readonly direction: Direction;
  /** A file may have begun. */
  readonly begun: number;
  /** All files are closed. */
  readonly closed: number;
}
