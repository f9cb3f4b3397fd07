/** Values of datasets: as buffer bytes, and as lines of a file. Stored as Latin-1 text of their bytes. */
import { parseIpv4, parseIpv6 } from '../variables/ip-address.js';

export type DatasetType = 'string' | 'md5' | 'sha256' | 'ipv4' | 'ipv6' | 'ip';

export const DATASET_TYPES: ReadonlySet<string> = new Set(['string', 'md5', 'sha256', 'ipv4', 'ipv6', 'ip']);

const MAPPED = '\0'.repeat(10) + '\xff\xff';
const LENGTHS: Readonly<Partial<Record<DatasetType, number>>> = { md5: 16, sha256: 32, ipv4: 4, ipv6: 16 };

/** @returns undefined if the bytes are not a value of this type */
export function valueOfBytes(
  type: DatasetType,
  bytes: Uint8Array,
  start: number,
  end: number,
): string | undefined {
  const length = end - start;
  const text = Buffer.from(bytes.subarray(start, end)).toString('latin1');
  if (type === 'ip') return length === 4 ? MAPPED + text : length === 16 ? text : undefined;
  const wanted = LENGTHS[type];
  return wanted === undefined || wanted === length ? text : undefined;
}

/** @returns undefined if the line is not a value of this type */
export function valueOfLine(type: DatasetType, line: string): string | undefined {
  switch (type) {
    case 'string':
      return /^[A-Za-z0-9+/]*={0,2}$/.test(line) ? Buffer.from(line, 'base64').toString('latin1') : undefined;
    case 'md5':
    case 'sha256':
      return /^[0-9a-f]+$/i.test(line) && line.length === 2 * LENGTHS[type]!
        ? Buffer.from(line, 'hex').toString('latin1')
        : undefined;
    default:
      return valueOfAddress(type, line);
  }
}

function valueOfAddress(type: DatasetType, text: string): string | undefined {
  const v4 = parseIpv4(text);
  if (v4 !== undefined) {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(v4);
    if (type === 'ipv4') return bytes.toString('latin1');
    return MAPPED + bytes.toString('latin1');
  }
  const v6 = type === 'ipv4' ? undefined : parseIpv6(text);
  return v6 === undefined
    ? undefined
    : Buffer.from(v6.toString(16).padStart(32, '0'), 'hex').toString('latin1');
}

/** The line for a value in a file. */
export function lineOfValue(type: DatasetType, value: string): string {
  const bytes = Buffer.from(value, 'latin1');
  if (type === 'string') return bytes.toString('base64');
  if (type === 'md5' || type === 'sha256') return bytes.toString('hex');
  if (bytes.length === 4 || value.startsWith(MAPPED)) return bytes.subarray(-4).join('.');
  const words = Array.from({ length: 8 }, (_, i) =>
    bytes
      .readUInt16BE(i * 2)
      .toString(16)
      .padStart(4, '0'),
  );
  return words.join(':');
}
