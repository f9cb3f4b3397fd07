/** Maximum bytes buffered for a receiver other than a file: the listener of a socket, syslog. */
export const MAX_PENDING = 4 << 20;

/** Destination of the lines of one log. */
export interface LogSink {
  /** Number of lines, or packets, that were lost. */
  readonly lost: number;
  /** Writes one or more complete lines, or a packet; the bytes are valid until it returns. */
  write(bytes: Uint8Array): void;
  /** Writes buffered data to disk. */
  flush(): void;
  rotate(): void;
  close(): void;
}

/** Number of lines that end in these bytes. */
export function linesIn(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte === NEWLINE) count++;
  return count;
}

const NEWLINE = 0x0a;
