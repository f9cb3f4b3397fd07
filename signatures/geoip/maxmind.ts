/** Reads MaxMind DB files (format 2.0): looks up the record of an address. */

const MARKER = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');
/** Zero bytes between the search tree and the data. */
const SEPARATOR = 16;
/** Maximum nesting depth of values. */
const MAXIMUM_DEPTH = 32;
/** Maximum number of entries read from one map or list. */
const MAX_ENTRIES = 65_536;

export type MaxMindValue =
  | string
  | number
  | bigint
  | boolean
  | Uint8Array
  | MaxMindValue[]
  | { [key: string]: MaxMindValue };

export class MaxMindDatabase {
  private readonly nodes: number;
  private readonly recordBits: number;
  private readonly ipVersion: number;
  private readonly data: number;

  /** @throws Error if the file is not in this format */
  constructor(private readonly bytes: Buffer) {
    const marker = bytes.lastIndexOf(MARKER);
    if (marker < 0) throw new Error('not a MaxMind database');
    const start = marker + MARKER.length;
    const metadata = new Decoder(bytes, start).read(start).value as Record<string, number>;
    this.nodes = Number(metadata.node_count);
    this.recordBits = Number(metadata.record_size);
    this.ipVersion = Number(metadata.ip_version);
    this.data = this.nodes * this.nodeBytes() + SEPARATOR;
    if (![24, 28, 32].includes(this.recordBits) || !(this.data <= marker))
      throw new Error('damaged MaxMind database');
  }

  /** The record of an address of 4 or 16 bytes; undefined if there is none. */
  find(address: Uint8Array): MaxMindValue | undefined {
    let node = 0;
    if (address.length === 4 && this.ipVersion === 6)
      for (let i = 0; i < 96 && node < this.nodes; i++) node = this.child(node, 0);
    if (address.length === 16 && this.ipVersion === 4) return undefined;
    for (let i = 0; i < address.length * 8 && node < this.nodes; i++) {
      node = this.child(node, (address[i >> 3]! >> (7 - (i & 7))) & 1);
    }
    if (node <= this.nodes) return undefined;
    return new Decoder(this.bytes, this.data).read(this.data + node - this.nodes - SEPARATOR).value;
  }

  private nodeBytes(): number {
    return (this.recordBits * 2) / 8;
  }

  private child(node: number, bit: number): number {
    const { bytes } = this;
    const at = node * this.nodeBytes();
    switch (this.recordBits) {
      case 24:
        return bytes.readUIntBE(at + bit * 3, 3);
      case 28: {
        const middle = bytes[at + 3]!;
        return bit === 0
          ? (middle >> 4) * 2 ** 24 + bytes.readUIntBE(at, 3)
          : (middle & 15) * 2 ** 24 + bytes.readUIntBE(at + 4, 3);
      }
      default:
        return bytes.readUInt32BE(at + bit * 4);
    }
  }
}

interface Read {
  readonly value: MaxMindValue;
  readonly next: number;
}

/** Decodes values of the data section. */
class Decoder {
  constructor(
    private readonly bytes: Buffer,
    private readonly base: number,
  ) {}

  read(at: number, depth = 0): Read {
    if (depth > MAXIMUM_DEPTH || at >= this.bytes.length) throw new Error('damaged MaxMind database');
    const control = this.bytes[at]!;
    let type = control >> 5;
    let next = at + 1;
    if (type === 1) return this.pointer(control, next, depth);
    if (type === 0) type = 7 + this.bytes[next++]!;
    let size = control & 31;
    if (size >= 29) {
      const extra = size - 28;
      size = [0, 29, 285, 65_821][extra]! + this.bytes.readUIntBE(next, extra);
      next += extra;
    }
    return this.value(type, size, next, depth);
  }

  private pointer(control: number, at: number, depth: number): Read {
    const length = ((control >> 3) & 3) + 1;
    const high = length === 4 ? 0 : (control & 7) * 2 ** (8 * length);
    const offset = high + this.bytes.readUIntBE(at, length) + [0, 0, 2048, 526_336, 0][length]!;
    return { value: this.read(this.base + offset, depth + 1).value, next: at + length };
  }

  private value(type: number, size: number, at: number, depth: number): Read {
    const { bytes } = this;
    switch (type) {
      case 2:
        return { value: bytes.toString('utf8', at, at + size), next: at + size };
      case 3:
        return { value: bytes.readDoubleBE(at), next: at + 8 };
      case 4:
        return { value: bytes.subarray(at, at + size), next: at + size };
      case 7:
        return this.map(size, at, depth);
      case 8:
        return { value: size === 0 ? 0 : bytes.readIntBE(at, size), next: at + size };
      case 11:
        return this.list(size, at, depth);
      case 14:
        return { value: size === 1, next: at };
      case 15:
        return { value: bytes.readFloatBE(at), next: at + 4 };
      default: {
        let value = 0n;
        for (let i = 0; i < size; i++) value = (value << 8n) | BigInt(bytes[at + i]!);
        return { value: value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value, next: at + size };
      }
    }
  }

  private map(size: number, at: number, depth: number): Read {
    if (size > MAX_ENTRIES) throw new Error('damaged MaxMind database');
    const value: Record<string, MaxMindValue> = Object.create(null);
    for (let i = 0; i < size; i++) {
      const key = this.read(at, depth + 1);
      const entry = this.read(key.next, depth + 1);
      value[String(key.value)] = entry.value;
      at = entry.next;
    }
    return { value, next: at };
  }

  private list(size: number, at: number, depth: number): Read {
    if (size > MAX_ENTRIES) throw new Error('damaged MaxMind database');
    const value: MaxMindValue[] = [];
    for (let i = 0; i < size; i++) {
      const entry = this.read(at, depth + 1);
      value.push(entry.value);
      at = entry.next;
    }
    return { value, next: at };
  }
}
