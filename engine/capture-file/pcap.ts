/** The pcap format: a header, then packets (draft-ietf-opsawg-pcap), in either byte order, with µs or ns. */
import { type BlockWindow, READY, WAIT } from './block-window.js';
import { CaptureError } from './capture-error.js';
import { type CapturedPacket, type CaptureFormat, MAXIMUM_PACKET } from './capture-format.js';

export const HEADER_LENGTH = 24;
const RECORD_LENGTH = 16;

export class PcapFormat implements CaptureFormat {
  private readonly littleEndian: boolean;
  private readonly nanosecondsPerFraction: number;
  private readonly linkType: number;
  private readonly snapLength: number;
  /** Versions before 2.3 wrote the two lengths in reverse order; 2.3 exists in both orders. */
  private readonly minorVersion: number;
  private packets = 0;
  /** Length of the record whose header was checked but whose data is not available yet. */
  private pending = 0;

  /** `window` is at the file header, which is available. @throws CaptureError for an unknown version */
  constructor(
    private readonly window: BlockWindow,
    littleEndian: boolean,
    nanoseconds: boolean,
  ) {
    const { view } = window.memory;
    const at = window.position;
    const major = view.getUint16(at + 4, littleEndian);
    this.minorVersion = view.getUint16(at + 6, littleEndian);
    if (major !== 2) throw this.error(`pcap version ${major}.${this.minorVersion}, expected 2.4`);
    this.littleEndian = littleEndian;
    this.nanosecondsPerFraction = nanoseconds ? 1 : 1000;
    this.snapLength = snapLength(view.getUint32(at + 16, littleEndian));
    // The upper half describes frame check sequences.
    this.linkType = view.getUint32(at + 20, littleEndian) & 0xffff;
    window.skip(HEADER_LENGTH);
  }

  next(packet: CapturedPacket): number {
    const { window } = this;
    const header = window.ensure(RECORD_LENGTH + this.pending);
    if (header !== READY) return this.stopped(header);
    const length = this.readHeader(packet);
    const data = window.ensure(RECORD_LENGTH + length);
    if (data !== READY) {
      this.pending = length;
      return this.stopped(data);
    }
    this.pending = 0;
    packet.data = window.position + RECORD_LENGTH;
    packet.length = Math.min(length, this.snapLength);
    packet.linkType = this.linkType;
    window.skip(RECORD_LENGTH + length);
    this.packets++;
    return READY;
  }

  /** Stores time and length on the wire in `packet`. @returns the length of its data */
  private readHeader(packet: CapturedPacket): number {
    const { view } = this.window.memory;
    const at = this.window.position;
    const little = this.littleEndian;
    const nanoseconds = view.getUint32(at + 4, little) * this.nanosecondsPerFraction;
    const carried = nanoseconds < 1e9 ? 0 : Math.floor(nanoseconds / 1e9);
    packet.seconds = (view.getUint32(at, little) + carried) >>> 0;
    packet.nanoseconds = nanoseconds - carried * 1e9;
    let length = view.getUint32(at + 8, little);
    packet.wireLength = view.getUint32(at + 12, little);
    if (this.minorVersion < 3 || (this.minorVersion === 3 && length > packet.wireLength)) {
      [length, packet.wireLength] = [packet.wireLength, length];
    }
    if (length > this.longest)
      throw this.error(`a packet of ${length} bytes, the maximum is ${this.longest}`);
    return length;
  }

  private get longest(): number {
    return Math.min(MAXIMUM_PACKET, this.window.capacity - RECORD_LENGTH);
  }

  /** End of input is valid only between two records. */
  private stopped(step: number): number {
    if (step === WAIT || this.window.left === 0) return step;
    throw this.error(
      `the file is truncated, its last record has ${this.window.left} of ${this.needed} bytes`,
    );
  }

  private get needed(): string {
    return this.window.left < RECORD_LENGTH ? `${RECORD_LENGTH} or more` : `${RECORD_LENGTH + this.pending}`;
  }

  private error(reason: string): CaptureError {
    return new CaptureError(this.window.input.name, this.packets + 1, this.window.fileOffset, reason);
  }
}

/** Some programs write 0, or nonsense, to mean "no limit". */
function snapLength(written: number): number {
  return written === 0 || written > MAXIMUM_PACKET ? MAXIMUM_PACKET : written;
}
