/** Where lines of one log file go. */
export interface LogSink {
  write(bytes: Uint8Array): void;
  /** Brings to the disk what is buffered. */
  flush(): void;
  rotate(): void;
  close(): void;
}
