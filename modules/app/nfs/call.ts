/** The parts of arguments and results of NFS procedures that rules, records and files need, for any version. */

export const MAX_NAME_LENGTH = 4096;

/** File data in a message: its offset there, and its length, even if the message is truncated. */
export interface FileData {
  readonly at: number;
  readonly length: number;
}

export interface NfsCall {
  readonly procedure: number;
  readonly kind:
    | 'read'
    | 'write'
    | 'lookup'
    | 'create'
    | 'rename'
    | 'commit'
    | 'close'
    | 'other'
    | 'unlogged';
  readonly handle?: Uint8Array;
  /**
   * In version 4, the file that is read or written if the handle does not identify it: what was looked up or opened
   * from there.
   */
  readonly subpath?: string;
  readonly name?: Uint8Array;
  readonly newName?: Uint8Array;
  /** Offset in the file, in bytes. */
  readonly offset?: number;
  readonly data?: FileData;
  /** Number of version 4 operations after the data. */
  readonly operationsAfter?: number;
}

export interface NfsReply {
  readonly status: number;
  /** Handle of the file looked up or created. */
  readonly handle?: Uint8Array;
  readonly data?: FileData;
  /** The file ends after the data. */
  readonly isEnd?: boolean;
}
