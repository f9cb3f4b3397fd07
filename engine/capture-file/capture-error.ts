/** An error in a capture file, with its position. Packets before it were read completely. */
export class CaptureError extends Error {
  override readonly name = 'CaptureError';

  /**
   * @param file name of the file
   * @param packet number in the file, from 1, of the packet that could not be read
   * @param offset byte offset in the file of the record it would have been in
   */
  constructor(
    readonly file: string,
    readonly packet: number,
    readonly offset: number,
    readonly reason: string,
    /** Not a capture file at all, rather than a damaged one. */
    readonly foreign = false,
  ) {
    super(`${file}: ${reason} (packet ${packet}, byte offset ${offset})`);
  }
}
