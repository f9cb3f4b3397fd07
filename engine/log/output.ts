/** A destination of the engine's log. */
import type { LevelName } from './level.js';

export interface Output {
  /** Least severe level that it accepts. */
  readonly level: LevelName;
  /** @param record as serialized by pino, see `Entry` */
  write(record: string): void;
  reopen?(): void;
  /** Gives its file to the user that the process is about to become. */
  changeOwner?(uid: number, gid: number): void;
  close?(): void;
  /** Why it does not work; reported through the others. */
  readonly problem?: string;
}
