/**
 * DEFLATE (RFC 1951), piece by piece: what can be decompressed of the bytes so far is given out at once, also of a
 * stream that is damaged further on. Memory is bounded by the window, work by the output.
 */
import { Huffman } from './huffman.js';

export type InflateState = 'more' | 'done' | 'damaged' | 'stopped';

/** Takes decompressed bytes (valid until it returns). @returns false to stop */
export type Sink = (bytes: Uint8Array, start: number, end: number) => boolean;

const WINDOW = 32768;
const LONGEST_MATCH = 258;
/** Room for output: slides down to the window when it is full. */
const ROOM = 2 * WINDOW + LONGEST_MATCH;

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
];
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
  6145, 8193, 12289, 16385, 24577,
];
const DISTANCE_BITS = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

const FIXED_LITERALS = new Huffman(
  Uint8Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)),
  0,
  288,
);
const FIXED_DISTANCES = new Huffman(new Uint8Array(30).fill(5), 0, 30);

type Block = 'header' | 'stored' | 'codes';

/** What a step came to: `short` waits for input. */
type Step = 'go' | 'short' | 'damaged';

export class Inflate {
  state: InflateState = 'more';
  /** Bytes given out. */
  produced = 0;
  private input: Uint8Array = new Uint8Array(0);
  private at = 0;
  private bits = 0;
  private count = 0;
  private out = new Uint8Array(4096);
  private length = 0;
  private given = 0;
  private block: Block = 'header';
  private last = false;
  private storedLeft = 0;
  private literals = FIXED_LITERALS;
  private distances = FIXED_DISTANCES;

  constructor(private readonly sink: Sink) {}

  /** Decompresses `bytes`; what is left of them for the next call is kept. */
  write(bytes: Uint8Array): InflateState {
    if (this.state !== 'more') return this.state;
    this.input = this.at < this.input.length ? joined(this.input.subarray(this.at), bytes) : bytes;
    this.at = 0;
    this.run();
    this.give();
    // What was not read is kept as a copy: the caller's bytes become invalid.
    this.input = this.input.slice(this.at);
    this.at = 0;
    return this.state;
  }

  private run(): void {
    while (this.state === 'more') {
      const step =
        this.block === 'header' ? this.header() : this.block === 'stored' ? this.stored() : this.codes();
      if (step === 'short') return;
      if (step === 'damaged') this.state = 'damaged';
    }
  }

  // ── blocks ──

  private header(): Step {
    if (this.last) {
      this.state = 'done';
      return 'go';
    }
    const { at, bits, count } = this;
    const step = this.blockHeader();
    if (step === 'short') {
      this.at = at;
      this.bits = bits;
      this.count = count;
    }
    return step;
  }

  private blockHeader(): Step {
    const head = this.take(3);
    if (head < 0) return 'short';
    const step = this.beginBlock(head >> 1);
    if (step === 'go') this.last = (head & 1) !== 0;
    return step;
  }

  private beginBlock(kind: number): Step {
    switch (kind) {
      case 0:
        return this.beginStored();
      case 1:
        this.literals = FIXED_LITERALS;
        this.distances = FIXED_DISTANCES;
        this.block = 'codes';
        return 'go';
      case 2:
        return this.beginDynamic();
      default:
        return 'damaged';
    }
  }

  private beginStored(): Step {
    this.take(this.count & 7);
    const length = this.take(16);
    const check = this.take(16);
    if (length < 0 || check < 0) return 'short';
    if (length !== (check ^ 0xffff)) return 'damaged';
    this.storedLeft = length;
    this.block = 'stored';
    return 'go';
  }

  private stored(): Step {
    while (this.storedLeft > 0 && this.count >= 8) {
      if (!this.put(this.take(8))) return 'go';
      this.storedLeft--;
    }
    while (this.storedLeft > 0) {
      const room = this.makeRoom();
      if (room === 0) return 'go';
      const size = Math.min(this.storedLeft, this.input.length - this.at, room);
      if (size === 0) return 'short';
      this.out.set(this.input.subarray(this.at, this.at + size), this.length);
      this.length += size;
      this.at += size;
      this.storedLeft -= size;
    }
    this.block = 'header';
    return 'go';
  }

  private beginDynamic(): Step {
    const head = this.take(14);
    if (head < 0) return 'short';
    const literalCount = (head & 31) + 257;
    const distanceCount = ((head >> 5) & 31) + 1;
    const codeCount = (head >> 10) + 4;
    if (literalCount > 286 || distanceCount > 30) return 'damaged';
    const codeLengths = new Uint8Array(19);
    for (let i = 0; i < codeCount; i++) {
      const length = this.take(3);
      if (length < 0) return 'short';
      codeLengths[CODE_ORDER[i]!] = length;
    }
    const codes = new Huffman(codeLengths, 0, 19);
    if (!codes.complete) return 'damaged';
    const lengths = new Uint8Array(literalCount + distanceCount);
    const step = this.readLengths(codes, lengths);
    if (step !== 'go') return step;
    return this.setCodes(lengths, literalCount);
  }

  private readLengths(codes: Huffman, lengths: Uint8Array): Step {
    for (let i = 0; i < lengths.length; ) {
      const symbol = this.symbol(codes);
      if (symbol < 0) return symbol === SHORT ? 'short' : 'damaged';
      if (symbol < 16) {
        lengths[i++] = symbol;
        continue;
      }
      if (symbol === 16 && i === 0) return 'damaged';
      const more = this.take(symbol === 16 ? 2 : symbol === 17 ? 3 : 7);
      if (more < 0) return 'short';
      const times = more + (symbol === 18 ? 11 : 3);
      if (i + times > lengths.length) return 'damaged';
      lengths.fill(symbol === 16 ? lengths[i - 1]! : 0, i, i + times);
      i += times;
    }
    return 'go';
  }

  private setCodes(lengths: Uint8Array, literalCount: number): Step {
    const literals = new Huffman(lengths, 0, literalCount);
    const distances = new Huffman(lengths, literalCount, lengths.length);
    if (lengths[256] === 0 || !literals.usable || !distances.usable) return 'damaged';
    this.literals = literals;
    this.distances = distances;
    this.block = 'codes';
    return 'go';
  }

  private codes(): Step {
    for (;;) {
      if (this.makeRoom() < LONGEST_MATCH) return 'go';
      const { at, bits, count } = this;
      const step = this.code();
      if (step === 'short') {
        this.at = at;
        this.bits = bits;
        this.count = count;
      }
      if (step !== 'go' || this.block === 'header') return step;
    }
  }

  /** One literal, or one match. */
  private code(): Step {
    const symbol = this.symbol(this.literals);
    if (symbol < 0) return symbol === SHORT ? 'short' : 'damaged';
    if (symbol < 256) {
      this.out[this.length++] = symbol;
      return 'go';
    }
    if (symbol === 256) {
      this.block = 'header';
      return 'go';
    }
    if (symbol > 285) return 'damaged';
    return this.match(symbol - 257);
  }

  private match(code: number): Step {
    const moreLength = this.take(LENGTH_BITS[code]!);
    if (moreLength < 0) return 'short';
    const symbol = this.symbol(this.distances);
    if (symbol < 0) return symbol === SHORT ? 'short' : 'damaged';
    if (symbol > 29) return 'damaged';
    const moreDistance = this.take(DISTANCE_BITS[symbol]!);
    if (moreDistance < 0) return 'short';
    const length = LENGTH_BASE[code]! + moreLength;
    const distance = DISTANCE_BASE[symbol]! + moreDistance;
    if (distance > this.length) return 'damaged';
    const { out } = this;
    let to = this.length;
    const end = to + length;
    if (distance >= length) out.copyWithin(to, to - distance, to - distance + length);
    else for (let from = to - distance; to < end; ) out[to++] = out[from++]!;
    this.length = end;
    return 'go';
  }

  // ── bits ──

  /** The next `count` (at most 16) bits, or -1. */
  private take(count: number): number {
    while (this.count < count) {
      if (this.at >= this.input.length) return -1;
      this.bits |= this.input[this.at++]! << this.count;
      this.count += 8;
    }
    const value = this.bits & ((1 << count) - 1);
    this.bits >>>= count;
    this.count -= count;
    return value;
  }

  /** The next symbol of a code, SHORT or WRONG. */
  private symbol(codes: Huffman): number {
    while (this.count < 16 && this.at < this.input.length) {
      this.bits |= this.input[this.at++]! << this.count;
      this.count += 8;
    }
    const found = codes.find(this.bits);
    const length = found & 15;
    if (length === 0) return this.count >= 15 ? WRONG : SHORT;
    if (length > this.count) return SHORT;
    this.bits >>>= length;
    this.count -= length;
    return found >> 4;
  }

  // ── output ──

  private put(byte: number): boolean {
    if (this.makeRoom() === 0) return false;
    this.out[this.length++] = byte;
    return true;
  }

  /** @returns free bytes: enough for a match, or 0 when nobody wants more */
  private makeRoom(): number {
    const free = this.out.length - this.length;
    if (free >= LONGEST_MATCH) return free;
    if (this.out.length < ROOM) {
      const out = new Uint8Array(Math.min(ROOM, 4 * this.out.length));
      out.set(this.out);
      this.out = out;
      return this.out.length - this.length;
    }
    this.give();
    if (this.state !== 'more') return 0;
    const kept = Math.min(this.length, WINDOW);
    this.out.copyWithin(0, this.length - kept, this.length);
    this.length = kept;
    this.given = kept;
    return this.out.length - this.length;
  }

  private give(): void {
    const { given, length } = this;
    if (given === length) return;
    this.given = length;
    this.produced += length - given;
    if (!this.sink(this.out, given, length)) this.state = 'stopped';
  }
}

const SHORT = -1;
const WRONG = -2;

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
