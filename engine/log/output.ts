/** One place that the lines of the engine's log go to. */
import type { LevelName } from './level.js';

export interface Output {
  /** Least grave level that it takes. */
  readonly level: LevelName;
  /** @param record as pino makes it, see `Entry` */
  write(record: string): void;
  reopen?(): void;
  /** Gives its file to the user that the process is about to become. */
  giveTo?(uid: number, gid: number): void;
  close?(): void;
  /** Why it does not work; told through the others. */
  readonly problem?: string;
}
