/** pcapng captures in memory, block by block. */

export type Bytes = Uint8Array;

/** Blocks of one byte order. */
export class Pcapng {
  private readonly blocks: Buffer[] = [];

  constructor(private readonly bigEndian = false) {}

  section(): this {
    return this.block(0x0a0d0d0a, [
      this.u32(0x1a2b3c4d),
      this.u16(1),
      this.u16(0),
      this.u32(0xffffffff),
      this.u32(0xffffffff),
    ]);
  }

  interface(linkType = 1, options: { resolution?: number; offset?: number; snapLength?: number } = {}): this {
    const { resolution, offset, snapLength = 0 } = options;
    const parts = [this.u16(linkType), this.u16(0), this.u32(snapLength)];
    parts.push(this.option(2, Buffer.from('eth0')));
    if (resolution !== undefined) parts.push(this.option(9, Buffer.from([resolution])));
    if (offset !== undefined) parts.push(this.option(14, this.i64(BigInt(offset))));
    return this.block(1, [...parts, this.option(0, Buffer.alloc(0))]);
  }

  /** @param ticks time in units of the interface */
  enhanced(
    id: number,
    ticks: bigint,
    data: Bytes,
    options: { wireLength?: number; length?: number } = {},
  ): this {
    const comment = this.option(1, Buffer.from('a comment'));
    const end = this.option(0, Buffer.alloc(0));
    const lengths = [this.u32(options.length ?? data.length), this.u32(options.wireLength ?? data.length)];
    return this.block(6, [this.u32(id), ...this.time(ticks), ...lengths, padded(data), comment, end]);
  }

  obsolete(id: number, ticks: bigint, data: Bytes): this {
    const lengths = [this.u32(data.length), this.u32(data.length)];
    return this.block(2, [this.u16(id), this.u16(7), ...this.time(ticks), ...lengths, padded(data)]);
  }

  simple(data: Bytes, wireLength = data.length): this {
    return this.block(3, [this.u32(wireLength), padded(data)]);
  }

  /** Any other block. */
  block(type: number, parts: Bytes[]): this {
    const body = Buffer.concat(parts);
    const length = this.u32(body.length + 12);
    this.blocks.push(Buffer.concat([this.u32(type), length, body, length]));
    return this;
  }

  bytes(): Buffer {
    return Buffer.concat(this.blocks);
  }

  private time(ticks: bigint): Buffer[] {
    return [this.u32(Number(ticks >> 32n)), this.u32(Number(ticks & 0xffffffffn))];
  }

  private option(code: number, value: Bytes): Buffer {
    return Buffer.concat([this.u16(code), this.u16(value.length), padded(value)]);
  }

  private u16(value: number): Buffer {
    const bytes = Buffer.alloc(2);
    this.bigEndian ? bytes.writeUInt16BE(value) : bytes.writeUInt16LE(value);
    return bytes;
  }

  private u32(value: number): Buffer {
    const bytes = Buffer.alloc(4);
    this.bigEndian ? bytes.writeUInt32BE(value) : bytes.writeUInt32LE(value);
    return bytes;
  }

  private i64(value: bigint): Buffer {
    const bytes = Buffer.alloc(8);
    this.bigEndian ? bytes.writeBigInt64BE(value) : bytes.writeBigInt64LE(value);
    return bytes;
  }
}

function padded(data: Bytes): Buffer {
  return Buffer.concat([data, Buffer.alloc((4 - (data.length % 4)) % 4)]);
}
