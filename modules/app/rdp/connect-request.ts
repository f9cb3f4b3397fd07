/** What a client sends about itself: the data blocks of an MCS Connect-Initial (MS-RDPBCGR 2.2.1.3). */

/** This key of the client (T.124) is followed by a length and the blocks. */
const CLIENT_KEY = 'Duca';
const CORE = 0xc001;
const NETWORK = 0xc003;
const BLOCK_HEADER = 4;
const CHANNEL_LENGTH = 12;
const MAX_CHANNELS = 31;

export interface ClientCore {
  readonly version: number;
  readonly width: number;
  readonly height: number;
  readonly colorDepth: number;
  readonly keyboardLayout: number;
  readonly build: number;
  readonly name: string;
  readonly keyboardType: number;
  readonly keyboardSubtype: number;
  readonly functionKeys: number;
  readonly ime: string;
  /** Not sent by older clients. */
  readonly productId?: number;
  readonly serialNumber?: number;
  readonly capabilities?: number;
  readonly id?: string;
  readonly connectionHint?: number;
  readonly serverProtocol?: number;
  readonly physicalWidth?: number;
  readonly physicalHeight?: number;
  readonly orientation?: number;
  readonly scaleFactor?: number;
  readonly deviceScaleFactor?: number;
}

export interface ConnectRequest {
  readonly core: ClientCore | undefined;
  readonly channels: readonly string[];
}

/** @param content of the MCS message  @returns undefined if there are no blocks */
export function parseConnectRequest(content: Uint8Array): ConnectRequest | undefined {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.length);
  const key = bytes.indexOf(CLIENT_KEY, 0, 'latin1');
  if (key < 0) return undefined;
  // A length in packed encoding: two bytes if the highest bit is set.
  const length = key + CLIENT_KEY.length;
  let core: ClientCore | undefined;
  let channels: string[] = [];
  for (let at = length + ((bytes[length] ?? 0) >= 0x80 ? 2 : 1); at + BLOCK_HEADER <= bytes.length; ) {
    const size = bytes.readUInt16LE(at + 2);
    if (size < BLOCK_HEADER) break;
    const block = bytes.subarray(at + BLOCK_HEADER, at + size);
    if (bytes.readUInt16LE(at) === CORE) core = parseCore(block);
    if (bytes.readUInt16LE(at) === NETWORK) channels = parseChannels(block);
    at += size;
  }
  return { core, channels };
}

/** Bytes of the fields that every client sends. */
const REQUIRED_LENGTH = 128;

function parseCore(block: Buffer): ClientCore | undefined {
  if (block.length < REQUIRED_LENGTH) return undefined;
  const highColor = number(block, 136, 2);
  const depth = highColor ?? number(block, 128, 2) ?? block.readUInt16LE(8);
  return {
    version: block.readUInt32LE(0),
    width: block.readUInt16LE(4),
    height: block.readUInt16LE(6),
    colorDepth: DEPTHS[depth] ?? depth,
    keyboardLayout: block.readUInt32LE(12),
    build: block.readUInt32LE(16),
    name: wideText(block.subarray(20, 52)),
    keyboardType: block.readUInt32LE(52),
    keyboardSubtype: block.readUInt32LE(56),
    functionKeys: block.readUInt32LE(60),
    ime: wideText(block.subarray(64, 128)),
    ...optional('productId', number(block, 130, 2)),
    ...optional('serialNumber', number(block, 132, 4)),
    ...optional('capabilities', number(block, 140, 2)),
    ...optional('id', block.length >= 206 ? wideText(block.subarray(142, 206)) : undefined),
    ...optional('connectionHint', number(block, 206, 1)),
    ...optional('serverProtocol', number(block, 208, 4)),
    ...optional('physicalWidth', number(block, 212, 4)),
    ...optional('physicalHeight', number(block, 216, 4)),
    ...optional('orientation', number(block, 220, 2)),
    ...optional('scaleFactor', number(block, 222, 4)),
    ...optional('deviceScaleFactor', number(block, 226, 4)),
  };
}

/** Colour depths in bits, by code. */
const DEPTHS: Readonly<Record<number, number>> = { 51712: 4, 51713: 8, 51714: 15, 51715: 16, 51716: 24 };

function number(block: Buffer, at: number, length: 1 | 2 | 4): number | undefined {
  return at + length <= block.length ? block.readUIntLE(at, length) : undefined;
}

function optional<K extends string, T>(name: K, value: T | undefined): { [key in K]?: T } {
  return (value === undefined ? {} : { [name]: value }) as { [key in K]?: T };
}

/** UTF-16 up to a zero character. */
function wideText(bytes: Buffer): string {
  return bytes.toString('utf16le').split('\0', 1)[0]!;
}

function parseChannels(block: Buffer): string[] {
  if (block.length < 4) return [];
  const count = Math.min(
    block.readUInt32LE(0),
    MAX_CHANNELS,
    Math.floor((block.length - 4) / CHANNEL_LENGTH),
  );
  return Array.from({ length: count }, (_, i) => {
    const at = 4 + i * CHANNEL_LENGTH;
    return block.toString('latin1', at, at + 8).split('\0', 1)[0]!;
  });
}
