/**
 * The pcapng format: sections of blocks (draft-ietf-opsawg-pcapng). Sections may differ in byte order; each has its
 * interfaces, which may differ in link type and time resolution. Blocks without packets are skipped.
 */
import { type BlockWindow, READY, WAIT } from './block-window.js';
import { CaptureError } from './capture-error.js';
import { type CapturedPacket, type CaptureFormat, MAXIMUM_PACKET } from './capture-format.js';
import { DEFAULT_RESOLUTION, readTime, resolution } from './pcapng-time.js';

/** Type of the block that begins a section; the same in both byte orders. */
export const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/** Type and total length before, total length after. */
const FRAME_LENGTH = 12;
/** Bytes of a block before the packet's data (or before the options). */
const HEADERS: Record<number, number> = {
  [INTERFACE]: 16,
  [OBSOLETE_PACKET]: 28,
  [SIMPLE_PACKET]: 12,
  [ENHANCED_PACKET]: 28,
};
const MAXIMUM_INTERFACES = 65_536;

const OPTION_RESOLUTION = 9;
const OPTION_OFFSET = 14;

interface Interface {
  readonly linkType: number;
  readonly snapLength: number;
  /** Ticks per second, and seconds to add. */
  ticks: number;
  offset: number;
}

export class PcapngFormat implements CaptureFormat {
  private littleEndian = true;
  private interfaces: Interface[] = [];
  private packets = 0;

  /** `window` is at a section header. */
  constructor(private readonly window: BlockWindow) {}

  next(packet: CapturedPacket): number {
    for (;;) {
      const step = this.window.ensure(FRAME_LENGTH);
      if (step !== READY) return this.stopped(step, FRAME_LENGTH);
      const type = this.window.memory.view.getUint32(this.window.position, this.littleEndian);
      const outcome = type === SECTION_HEADER ? this.section() : this.block(type, packet);
      if (outcome !== NO_PACKET) return outcome;
    }
  }

  /** @returns READY with a packet, NO_PACKET, WAIT, or END */
  private block(type: number, packet: CapturedPacket): number {
    const length = this.u32(4);
    if (length < FRAME_LENGTH || length % 4 !== 0)
      throw this.error(`a block of ${length} bytes, expected a multiple of 4, at least ${FRAME_LENGTH}`);
    const header = HEADERS[type];
    if (header === undefined) {
      this.window.skip(length);
      return NO_PACKET;
    }
    if (length < header + 4)
      throw this.error(`a block of type ${type} with ${length} bytes, expected ${header + 4} or more`);
    return type === INTERFACE ? this.interface(length) : this.packet(type, header, length, packet);
  }

  private section(): number {
    const step = this.window.ensure(28);
    if (step !== READY) return this.stopped(step, 28);
    this.littleEndian =
      this.window.memory.view.getUint32(this.window.position + 8, true) === BYTE_ORDER_MAGIC;
    if (this.u32(8) !== BYTE_ORDER_MAGIC) throw this.error('a section header without byte-order magic');
    const version = this.u16(12);
    if (version !== 1) throw this.error(`pcapng version ${version}, expected 1`);
    const length = this.u32(4);
    if (length < 28 || length % 4 !== 0) throw this.error(`a section header of ${length} bytes`);
    this.interfaces = [];
    this.window.skip(length);
    return NO_PACKET;
  }

  private interface(length: number): number {
    if (length > this.window.capacity)
      throw this.error(`an interface description of ${length} bytes, the maximum is ${this.window.capacity}`);
    const step = this.window.ensure(length);
    if (step !== READY) return this.stopped(step, length);
    if (this.interfaces.length === MAXIMUM_INTERFACES)
      throw this.error(`more than ${MAXIMUM_INTERFACES} interfaces`);
    const added: Interface = {
      linkType: this.u16(8),
      snapLength: this.u32(12) || MAXIMUM_PACKET,
      ticks: DEFAULT_RESOLUTION,
      offset: 0,
    };
    this.options(16, length - 4, added);
    this.interfaces.push(added);
    this.window.skip(length);
    return NO_PACKET;
  }

  private options(from: number, end: number, target: Interface): void {
    const { view } = this.window.memory;
    let at = from;
    while (at + 4 <= end) {
      const code = this.u16(at);
      const length = this.u16(at + 2);
      if (code === 0 || at + 4 + length > end) return;
      const value = this.window.position + at + 4;
      if (code === OPTION_RESOLUTION && length === 1) target.ticks = resolution(view.getUint8(value));
      if (code === OPTION_OFFSET && length === 8)
        target.offset = Number(BigInt.asIntN(32, view.getBigInt64(value, this.littleEndian)));
      at += 4 + ((length + 3) & ~3);
    }
  }

  private packet(type: number, header: number, blockLength: number, packet: CapturedPacket): number {
    const known = this.window.ensure(header);
    if (known !== READY) return this.stopped(known, header);
    const from = this.interfaceOf(type);
    const length = this.lengths(type, from, blockLength - header - 4, packet);
    const step = this.window.ensure(header + length);
    if (step !== READY) return this.stopped(step, header + length);
    packet.data = this.window.position + header;
    packet.length = length;
    packet.linkType = from.linkType;
    // A simple packet has no time: it keeps that of the previous packet.
    if (type !== SIMPLE_PACKET) readTime(this.u32(12), this.u32(16), from.ticks, from.offset, packet);
    this.window.skip(blockLength);
    this.packets++;
    return READY;
  }

  private interfaceOf(type: number): Interface {
    const index = type === SIMPLE_PACKET ? 0 : type === ENHANCED_PACKET ? this.u32(8) : this.u16(8);
    const found = this.interfaces[index];
    if (!found)
      throw this.error(
        `a packet of interface ${index}, but only ${this.interfaces.length} interfaces are described before it`,
      );
    return found;
  }

  /** Sets the length on the wire. @returns the captured length */
  private lengths(type: number, from: Interface, room: number, packet: CapturedPacket): number {
    const simple = type === SIMPLE_PACKET;
    packet.wireLength = this.u32(simple ? 8 : 24);
    const length = simple ? Math.min(packet.wireLength, from.snapLength, room) : this.u32(20);
    if (length > room) throw this.error(`a packet of ${length} bytes in a block with room for ${room}`);
    const longest = Math.min(MAXIMUM_PACKET, this.window.capacity - 28);
    if (length > longest) throw this.error(`a packet of ${length} bytes, the maximum is ${longest}`);
    return length;
  }

  private u16(at: number): number {
    return this.window.memory.view.getUint16(this.window.position + at, this.littleEndian);
  }

  private u32(at: number): number {
    return this.window.memory.view.getUint32(this.window.position + at, this.littleEndian);
  }

  /** End of input is valid only between two blocks. */
  private stopped(step: number, needed: number): number {
    const { left, missing } = this.window;
    if (step === WAIT || left + missing === 0) return step;
    if (missing > 0) throw this.error(`the file is truncated, its last block lacks ${missing} bytes`);
    throw this.error(
      `the file is truncated, its last block has ${left} bytes, at least ${needed} are needed`,
    );
  }

  private error(reason: string): CaptureError {
    return new CaptureError(this.window.input.name, this.packets + 1, this.window.fileOffset, reason);
  }
}

/** A block without a packet was read. */
const NO_PACKET = -1;
