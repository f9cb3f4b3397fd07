/** Reads a capture of any format: examines its first bytes, then delegates to the reader of that format. */
import { type BlockWindow, READY, WAIT } from './block-window.js';
import { CaptureError } from './capture-error.js';
import type { CapturedPacket, CaptureFormat } from './capture-format.js';
import { HEADER_LENGTH, PcapFormat } from './pcap.js';
import { PcapngFormat, SECTION_HEADER } from './pcapng.js';

const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;

/** Known formats that are refused with a reason: the first four bytes, as a big-endian number. */
const UNSUPPORTED_FORMATS: [magic: number, mask: number, reason: string][] = [
  [0xa1b2cd34, 0xffffffff, 'the modified pcap format (Kuznetzov), expected pcap or pcapng'],
  [0x34cdb2a1, 0xffffffff, 'the modified pcap format (Kuznetzov), expected pcap or pcapng'],
  [0xa12b3c4d, 0xffffffff, 'the modified pcap format (Navtel), expected pcap or pcapng'],
  [0x4d3c2ba1, 0xffffffff, 'the modified pcap format (Navtel), expected pcap or pcapng'],
  [0x1f8b0000, 0xffff0000, 'compressed with gzip; decompress it first, or pipe it: zcat FILE | sluice -r -'],
  [
    0x28b52ffd,
    0xffffffff,
    'compressed with zstd; decompress it first, or pipe it: zstdcat FILE | sluice -r -',
  ],
  [0x04224d18, 0xffffffff, 'compressed with lz4; decompress it first, or pipe it: lz4cat FILE | sluice -r -'],
  [0xfd377a58, 0xffffffff, 'compressed with xz; decompress it first, or pipe it: xzcat FILE | sluice -r -'],
  [0x736e6f6f, 0xffffffff, 'a snoop capture, expected pcap or pcapng'],
];

export class CaptureReader implements CaptureFormat {
  private format: CaptureFormat | undefined;

  constructor(readonly window: BlockWindow) {}

  next(packet: CapturedPacket): number {
    if (this.format) return this.format.next(packet);
    const step = this.recognize();
    return step === READY ? this.format!.next(packet) : step;
  }

  close(): void {
    this.window.close();
  }

  private recognize(): number {
    const { window } = this;
    const step = window.ensure(4);
    if (step === WAIT) return WAIT;
    if (step !== READY)
      throw this.error(window.left === 0 ? 'the file is empty' : 'too short to be a capture', true);
    const magic = window.memory.view.getUint32(window.position);
    if (magic === SECTION_HEADER) this.format = new PcapngFormat(window);
    else return this.recognizePcap(magic);
    return READY;
  }

  private recognizePcap(magic: number): number {
    const littleEndian = magic >>> 24 !== 0xa1;
    const number = littleEndian ? swapped(magic) : magic;
    if (number !== MICROSECONDS && number !== NANOSECONDS) throw this.error(unknown(magic), true);
    const step = this.window.ensure(HEADER_LENGTH);
    if (step === WAIT) return WAIT;
    if (step !== READY)
      throw this.error(`the file is truncated, its header has ${this.window.left} of ${HEADER_LENGTH} bytes`);
    this.format = new PcapFormat(this.window, littleEndian, number === NANOSECONDS);
    return READY;
  }

  private error(reason: string, foreign = false): CaptureError {
    return new CaptureError(this.window.input.name, 1, this.window.fileOffset, reason, foreign);
  }
}

function unknown(magic: number): string {
  const known = UNSUPPORTED_FORMATS.find(([value, mask]) => (magic & mask) >>> 0 === value);
  return known ? known[2] : `not a capture (starts with ${magicText(magic)}), expected pcap or pcapng`;
}

/** Shows text as text: a configuration or rule file was given instead. */
function magicText(magic: number): string {
  const hex = magic.toString(16).padStart(8, '0');
  const text = Buffer.from(hex, 'hex').toString('latin1');
  return /^[ -~]+$/.test(text) ? `"${text}"` : `0x${hex}`;
}

function swapped(value: number): number {
  return ((value >>> 24) | ((value >>> 8) & 0xff00) | ((value & 0xff00) << 8) | (value << 24)) >>> 0;
}
