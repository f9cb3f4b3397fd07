/** Bytes that wait at most where something else takes the lines: the listener of a socket, the log of the system. */
export const MOST_WAITING = 4 << 20;

/** Where lines of one log file go. */
export interface LogSink {
  /** Lines, or packets, that were given up. */
  readonly lost: number;
  /** One or more whole lines, or a packet; the bytes are good until it returns. */
  write(bytes: Uint8Array): void;
  /** Brings to the disk what is buffered. */
  flush(): void;
  rotate(): void;
  close(): void;
}

/** How many lines end in these bytes. */
export function linesIn(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte === NEWLINE) count++;
  return count;
}

const NEWLINE = 0x0a;
