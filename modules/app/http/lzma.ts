/**
 * LZMA with its header of 13 bytes, best effort: damaged or truncated input yields what was decoded before the error.
 * The dictionary is the output itself, so the limit of the output bounds the memory.
 */

const HEADER = 13;
const STATES = 12;
const POSITION_STATES = 16;
const LENGTH_STATES = 4;
const MIN_MATCH = 2;
const ALIGN_BITS = 4;
const END_MODEL = 14;
const FULL_DISTANCES = 128;
const HALF = 1024;
/** Maximum sum of literal context and position bits, as in LZMA2: they determine the size of the model. */
const MAX_LITERAL_BITS = 4;

/** Thrown where the input ends or is invalid. */
class Stop extends Error {}

/** @param limit maximum bytes of output  @returns undefined if the header is not that of LZMA */
export function decodeLzma(input: Uint8Array, limit: number): Uint8Array | undefined {
  if (input.length < HEADER + 5 || input[0]! >= 225) return undefined;
  const properties = input[0]!;
  if ((properties % 9) + (Math.floor(properties / 9) % 5) > MAX_LITERAL_BITS) return undefined;
  const decoder = new Decoder(
    input,
    properties % 9,
    Math.floor(properties / 9) % 5,
    Math.floor(properties / 45),
  );
  const size = sizeOf(input);
  try {
    decoder.run(Math.min(limit, size));
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
  }
  return decoder.output;
}

/** The size given in the header; Infinity if it is unknown. */
function sizeOf(input: Uint8Array): number {
  let size = 0;
  for (let i = 7; i >= 0; i--) size = size * 256 + input[5 + i]!;
  return size >= 2 ** 63 ? Number.POSITIVE_INFINITY : size;
}

function probabilities(count: number): Uint16Array {
  return new Uint16Array(count).fill(HALF);
}

/** The range decoder: bits by their probability. */
class Bits {
  private range = 0xffffffff;
  private code = 0;
  private at: number;

  constructor(private readonly input: Uint8Array) {
    this.at = HEADER + 1;
    for (let i = 0; i < 4; i++) this.code = ((this.code << 8) | this.byte()) >>> 0;
  }

  bit(model: Uint16Array, index: number): number {
    const probability = model[index]!;
    const bound = (this.range >>> 11) * probability;
    let bit: number;
    if (this.code < bound) {
      this.range = bound;
      model[index] = probability + ((2048 - probability) >>> 5);
      bit = 0;
    } else {
      this.range = (this.range - bound) >>> 0;
      this.code = (this.code - bound) >>> 0;
      model[index] = probability - (probability >>> 5);
      bit = 1;
    }
    this.normalize();
    return bit;
  }

  /** Bits of equal probability. */
  direct(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) {
      this.range >>>= 1;
      const bit = this.code >= this.range ? 1 : 0;
      if (bit) this.code = (this.code - this.range) >>> 0;
      this.normalize();
      value = value * 2 + bit;
    }
    return value;
  }

  tree(model: Uint16Array, offset: number, bits: number): number {
    let node = 1;
    for (let i = 0; i < bits; i++) node = node * 2 + this.bit(model, offset + node);
    return node - (1 << bits);
  }

  reverse(model: Uint16Array, offset: number, bits: number): number {
    let node = 1;
    let value = 0;
    for (let i = 0; i < bits; i++) {
      const bit = this.bit(model, offset + node);
      node = node * 2 + bit;
      value |= bit << i;
    }
    return value;
  }

  private normalize(): void {
    if (this.range >= 0x1000000) return;
    this.range = (this.range << 8) >>> 0;
    this.code = ((this.code << 8) | this.byte()) >>> 0;
  }

  private byte(): number {
    if (this.at >= this.input.length) throw new Stop();
    return this.input[this.at++]!;
  }
}

/** Lengths of matches. */
class Lengths {
  private readonly choice = probabilities(2);
  private readonly low = probabilities(POSITION_STATES << 3);
  private readonly middle = probabilities(POSITION_STATES << 3);
  private readonly high = probabilities(256);

  read(bits: Bits, position: number): number {
    if (bits.bit(this.choice, 0) === 0) return bits.tree(this.low, position << 3, 3);
    if (bits.bit(this.choice, 1) === 0) return 8 + bits.tree(this.middle, position << 3, 3);
    return 16 + bits.tree(this.high, 0, 8);
  }
}

class Decoder {
  private readonly bits: Bits;
  private out = new Uint8Array(4096);
  private length = 0;
  private state = 0;
  private readonly distances = [0, 0, 0, 0];
  private readonly literals: Uint16Array;
  private readonly isMatch = probabilities(STATES << 4);
  private readonly isRepeat = probabilities(STATES);
  private readonly isRepeat0 = probabilities(STATES);
  private readonly isRepeat1 = probabilities(STATES);
  private readonly isRepeat2 = probabilities(STATES);
  private readonly isShort = probabilities(STATES << 4);
  private readonly slots = probabilities(LENGTH_STATES << 6);
  private readonly positions = probabilities(1 + FULL_DISTANCES - END_MODEL);
  private readonly align = probabilities(1 << ALIGN_BITS);
  private readonly matches = new Lengths();
  private readonly repeats = new Lengths();

  constructor(
    input: Uint8Array,
    private readonly contextBits: number,
    private readonly literalBits: number,
    private readonly positionBits: number,
  ) {
    this.literals = probabilities(0x300 << (contextBits + literalBits));
    this.bits = new Bits(input);
  }

  get output(): Uint8Array {
    return this.out.subarray(0, this.length);
  }

  run(limit: number): void {
    while (this.length < limit) {
      const position = this.length & ((1 << this.positionBits) - 1);
      if (this.bits.bit(this.isMatch, (this.state << 4) + position) === 0) this.literal();
      else this.match(position, limit);
    }
  }

  private literal(): void {
    const before = this.length > 0 ? this.out[this.length - 1]! : 0;
    const context =
      ((this.length & ((1 << this.literalBits) - 1)) << this.contextBits) +
      (before >> (8 - this.contextBits));
    const offset = 0x300 * context;
    let symbol = 1;
    if (this.state >= 7) {
      let guess = this.out[this.length - this.distances[0]! - 1]!;
      do {
        const expected = (guess >> 7) & 1;
        guess <<= 1;
        const bit = this.bits.bit(this.literals, offset + ((1 + expected) << 8) + symbol);
        symbol = symbol * 2 + bit;
        if (expected !== bit) break;
      } while (symbol < 0x100);
    }
    while (symbol < 0x100) symbol = symbol * 2 + this.bits.bit(this.literals, offset + symbol);
    this.put(symbol & 0xff);
    this.state = this.state < 4 ? 0 : this.state < 10 ? this.state - 3 : this.state - 6;
  }

  private match(position: number, limit: number): void {
    const { bits, distances, state } = this;
    let length: number;
    if (bits.bit(this.isRepeat, state) === 0) {
      distances.copyWithin(1, 0, 3);
      length = this.matches.read(bits, position);
      this.state = state < 7 ? 7 : 10;
      distances[0] = this.distance(length);
      // The end marker.
      if (distances[0] === 0xffffffff) throw new Stop();
    } else {
      const one = this.repeat(position);
      length = one ? -1 : this.repeats.read(bits, position);
      this.state = one ? (state < 7 ? 9 : 11) : state < 7 ? 8 : 11;
    }
    this.copy(length + MIN_MATCH, limit);
  }

  /** Selects one of the latest distances. @returns true if a single byte is repeated */
  private repeat(position: number): boolean {
    const { bits, distances, state } = this;
    if (bits.bit(this.isRepeat0, state) === 0) return bits.bit(this.isShort, (state << 4) + position) === 0;
    let which = 1;
    if (bits.bit(this.isRepeat1, state) === 1) which = 2 + bits.bit(this.isRepeat2, state);
    const chosen = distances[which]!;
    distances.copyWithin(1, 0, which);
    distances[0] = chosen;
    return false;
  }

  private distance(length: number): number {
    const { bits } = this;
    const slot = bits.tree(this.slots, Math.min(length, LENGTH_STATES - 1) << 6, 6);
    if (slot < 4) return slot;
    const extra = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) * 2 ** extra;
    if (slot < END_MODEL) return base + bits.reverse(this.positions, base - slot, extra);
    const high = bits.direct(extra - ALIGN_BITS) * 2 ** ALIGN_BITS;
    return base + high + bits.reverse(this.align, 0, ALIGN_BITS);
  }

  private copy(length: number, limit: number): void {
    const distance = this.distances[0]! + 1;
    if (distance > this.length) throw new Stop();
    for (let i = 0; i < length && this.length < limit; i++) this.put(this.out[this.length - distance]!);
  }

  private put(byte: number): void {
    if (this.length === this.out.length) {
      const out = new Uint8Array(2 * this.length);
      out.set(this.out);
      this.out = out;
    }
    this.out[this.length++] = byte;
  }
}
