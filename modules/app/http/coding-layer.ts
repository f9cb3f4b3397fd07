/** One layer of decoding: receives encoded bytes and passes decoded ones to the sink it was created with. */
export interface Layer {
  /** @returns false if no more bytes are wanted */
  write(bytes: Uint8Array): boolean;
  /** No more bytes will follow. */
  end(): void;
}

/** Receives decoded bytes, valid until it returns. @returns false to stop */
export type Consumer = (bytes: Uint8Array) => boolean;
