/** What rules, records and files need of the arguments and results of NFS procedures, of any version. */

export const LONGEST_NAME = 4096;

/** A stretch of a file in a message: where it begins there, and how long it is, wherever the message is cut. */
export interface FileData {
  readonly at: number;
  readonly length: number;
}

export interface NfsCall {
  readonly procedure: number;
  readonly kind: 'read' | 'write' | 'lookup' | 'create' | 'rename' | 'commit' | 'close' | 'other' | 'untold';
  readonly handle?: Uint8Array;
  /** Of version 4, what is read or written where the handle does not say so: what was looked up or opened from there. */
  readonly below?: string;
  readonly name?: Uint8Array;
  readonly newName?: Uint8Array;
  /** Of the file, in bytes. */
  readonly offset?: number;
  readonly data?: FileData;
  /** Operations of version 4 that lie behind the data. */
  readonly behind?: number;
}

export interface NfsReply {
  readonly status: number;
  /** What was looked up or made. */
  readonly handle?: Uint8Array;
  readonly data?: FileData;
  /** The file ends behind the data. */
  readonly isEnd?: boolean;
}
