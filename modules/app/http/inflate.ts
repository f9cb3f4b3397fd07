/**
 * Streaming DEFLATE (RFC 1951): output is produced as soon as its input is available, also for a stream that is damaged
 * later. Memory is bounded by the window, work by the output.
 */
import type { Huffman } from './huffman.js';
import { BitInput, SHORT } from './inflate/bit-input.js';
import { type Codes, FIXED, readCodes } from './inflate/codes.js';
import { MAX_MATCH_LENGTH, type Sink, Window } from './inflate/window.js';

export type InflateState = 'more' | 'done' | 'damaged' | 'stopped';

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
const END_OF_BLOCK = 256;

type Block = 'header' | 'stored' | 'codes';

/** Result of a step: `short` waits for input. */
type Step = 'go' | 'short' | 'damaged';

export class Inflate {
  state: InflateState = 'more';
  private readonly input = new BitInput();
  private readonly output: Window;
  private block: Block = 'header';
  private last = false;
  private storedLeft = 0;
  private literals: Huffman = FIXED.literals;
  private distances: Huffman = FIXED.distances;

  constructor(sink: Sink) {
    this.output = new Window(sink);
  }

  /** Bytes of output so far. */
  get produced(): number {
    return this.output.produced;
  }

  /** Decompresses `bytes`; unread ones are kept for the next call. */
  write(bytes: Uint8Array): InflateState {
    if (this.state !== 'more') return this.state;
    this.input.append(bytes);
    this.run();
    this.output.deliver();
    if (this.output.stopped) this.state = 'stopped';
    this.input.keep();
    return this.state;
  }

  private run(): void {
    while (this.state === 'more') {
      const step = this.step();
      if (step === 'short') return;
      if (step === 'damaged') this.state = 'damaged';
      else if (this.output.stopped) this.state = 'stopped';
    }
  }

  private step(): Step {
    if (this.block === 'codes') return this.codes();
    return this.block === 'header' ? this.header() : this.stored();
  }

  // ── blocks ──

  private header(): Step {
    if (this.last) {
      this.state = 'done';
      return 'go';
    }
    this.input.mark();
    const step = this.blockHeader();
    if (step === 'short') this.input.rewind();
    return step;
  }

  private blockHeader(): Step {
    const head = this.input.take(3);
    if (head < 0) return 'short';
    const step = this.beginBlock(head >> 1);
    if (step === 'go') this.last = (head & 1) !== 0;
    return step;
  }

  private beginBlock(kind: number): Step {
    if (kind === 0) return this.beginStored();
    if (kind === 3) return 'damaged';
    return this.beginCodes(kind === 1 ? FIXED : readCodes(this.input));
  }

  private beginCodes(codes: Codes | 'short' | 'damaged'): Step {
    if (typeof codes === 'string') return codes;
    this.literals = codes.literals;
    this.distances = codes.distances;
    this.block = 'codes';
    return 'go';
  }

  private beginStored(): Step {
    const { input } = this;
    input.toByte();
    const length = input.take(16);
    const check = input.take(16);
    if (length < 0 || check < 0) return 'short';
    if (length !== (check ^ 0xffff)) return 'damaged';
    this.storedLeft = length;
    this.block = 'stored';
    return 'go';
  }

  private stored(): Step {
    const { input, output } = this;
    while (this.storedLeft > 0) {
      const room = output.makeRoom();
      if (room === 0) return 'go';
      if (input.hasBytes()) {
        output.put(input.take(8));
        this.storedLeft--;
        continue;
      }
      const bytes = input.takeBytes(Math.min(this.storedLeft, room));
      if (bytes.length === 0) return 'short';
      output.append(bytes);
      this.storedLeft -= bytes.length;
    }
    this.block = 'header';
    return 'go';
  }

  private codes(): Step {
    const { input, output } = this;
    for (;;) {
      if (output.makeRoom() < MAX_MATCH_LENGTH) return 'go';
      input.mark();
      const step = this.code();
      if (step === 'short') input.rewind();
      if (step !== 'go' || this.block === 'header') return step;
    }
  }

  /** One literal, or one match. */
  private code(): Step {
    const symbol = this.input.symbol(this.literals);
    if (symbol < 0) return symbol === SHORT ? 'short' : 'damaged';
    if (symbol < END_OF_BLOCK) {
      this.output.put(symbol);
      return 'go';
    }
    if (symbol === END_OF_BLOCK) {
      this.block = 'header';
      return 'go';
    }
    if (symbol > 285) return 'damaged';
    return this.match(symbol - 257);
  }

  private match(code: number): Step {
    const { input } = this;
    const moreLength = input.take(LENGTH_BITS[code]!);
    if (moreLength < 0) return 'short';
    const symbol = input.symbol(this.distances);
    if (symbol < 0) return symbol === SHORT ? 'short' : 'damaged';
    if (symbol > 29) return 'damaged';
    const moreDistance = input.take(DISTANCE_BITS[symbol]!);
    if (moreDistance < 0) return 'short';
    const length = LENGTH_BASE[code]! + moreLength;
    return this.output.copy(DISTANCE_BASE[symbol]! + moreDistance, length) ? 'go' : 'damaged';
  }
}
