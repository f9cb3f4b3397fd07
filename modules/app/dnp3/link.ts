/** Frames of the link layer: a header and blocks of user data, each with a checksum (IEEE 1815 9.2). */
export const START_1 = 0x05;
export const START_2 = 0x64;
/** Length of a header with its checksum. */
export const HEADER_LENGTH = 10;
const CHECKSUM_LENGTH = 2;
const BLOCK_LENGTH = 16;
/** Header bytes included in the length of a frame, besides its user data. */
export const COUNTED_HEADER = 5;

const FROM_MASTER = 0x80;
const PRIMARY = 0x40;
const CONFIRMED_USER_DATA = 3;
const UNCONFIRMED_USER_DATA = 4;

export interface LinkHeader {
  /** As in the frame. */
  readonly length: number;
  readonly control: number;
  readonly destination: number;
  readonly source: number;
  /** Checksum. */
  readonly crc: number;
}

export const isFromMaster = (control: number): boolean => (control & FROM_MASTER) !== 0;

/** @param bytes HEADER_LENGTH bytes */
export function parseHeader(bytes: Uint8Array): LinkHeader {
  return {
    length: bytes[2]!,
    control: bytes[3]!,
    destination: bytes[4]! | (bytes[5]! << 8),
    source: bytes[6]! | (bytes[7]! << 8),
    crc: bytes[8]! | (bytes[9]! << 8),
  };
}

export function carriesUserData({ control }: LinkHeader): boolean {
  const code = control & 0x0f;
  return (control & PRIMARY) !== 0 && (code === CONFIRMED_USER_DATA || code === UNCONFIRMED_USER_DATA);
}

/** Bytes after the header of a frame with this much user data. */
export function blocksLength(userData: number): number {
  return userData + CHECKSUM_LENGTH * Math.ceil(userData / BLOCK_LENGTH);
}

/** User data without checksums; undefined if one is wrong. */
export function userData(blocks: Uint8Array, length: number): Uint8Array | undefined {
  const data = new Uint8Array(length);
  for (let from = 0, to = 0; to < length; ) {
    const count = Math.min(BLOCK_LENGTH, length - to);
    if (!hasChecksum(blocks.subarray(from, from + count + CHECKSUM_LENGTH))) return undefined;
    data.set(blocks.subarray(from, from + count), to);
    from += count + CHECKSUM_LENGTH;
    to += count;
  }
  return data;
}

/** Whether the last two bytes are the checksum of those before them. */
export function hasChecksum(bytes: Uint8Array): boolean {
  const end = bytes.length - CHECKSUM_LENGTH;
  return checksum(bytes.subarray(0, end)) === (bytes[end]! | (bytes[end + 1]! << 8));
}

/** CRC-16 with the polynomial 0x3d65, reflected. */
export function checksum(bytes: Uint8Array): number {
  let value = 0;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = (value & 1) !== 0 ? (value >>> 1) ^ 0xa6bc : value >>> 1;
  }
  return ~value & 0xffff;
}
