/** One layer: takes encoded bytes, gives decoded ones to the sink it was made with. */
export interface Layer {
  /** @returns false when nothing more is wanted */
  write(bytes: Uint8Array): boolean;
  /** There will be no more bytes. */
  end(): void;
}

/** Takes decoded bytes, valid until it returns. @returns false to stop */
export type Consumer = (bytes: Uint8Array) => boolean;
