/** Bytes kept in order of arrival: memory use depends on their number, not on the size of the chunks. */

/** Largest block, unless a single chunk is larger. */
const MAX_BLOCK = 64 << 10;

export class BlockBuffer {
  length = 0;
  private readonly fullBlocks: Uint8Array[] = [];
  private block: Uint8Array = new Uint8Array(0);
  private filled = 0;

  /** Keeps a copy. */
  append(bytes: Uint8Array): void {
    const room = Math.min(bytes.length, this.block.length - this.filled);
    if (room > 0) this.fill(room === bytes.length ? bytes : bytes.subarray(0, room));
    if (room === bytes.length) return;
    const rest = room > 0 ? bytes.subarray(room) : bytes;
    this.startBlock(rest.length);
    this.fill(rest);
  }

  /**
   * The first block has the length of the first chunk, which is often the only one. Further blocks are as long as all
   * previous ones together.
   */
  private startBlock(atLeast: number): void {
    if (this.filled > 0) this.fullBlocks.push(this.block);
    this.block = new Uint8Array(Math.max(atLeast, Math.min(this.length, MAX_BLOCK)));
    this.filled = 0;
  }

  private fill(bytes: Uint8Array): void {
    this.block.set(bytes, this.filled);
    this.filled += bytes.length;
    this.length += bytes.length;
  }

  /** All of it, in order. */
  get parts(): readonly Uint8Array[] {
    return this.filled > 0 ? [...this.fullBlocks, this.block.subarray(0, this.filled)] : this.fullBlocks;
  }
}
