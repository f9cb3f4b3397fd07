/**
 * A serialized rule set: a header, plain data as JSON, and all its arrays concatenated, so that loading is little more
 * than reading a file into shared memory. Databases are not included.
 */
import { createHash } from 'node:crypto';

const MAGIC = 'SLUICER2';
const CHECKSUM = 32;
const HEAD = MAGIC.length + CHECKSUM + 8;
const ALIGNMENT = 8;

/** Placeholder of an array in the JSON. */
interface ArrayPlace {
  /** Class name of the array. */
  readonly $array: string;
  readonly at: number;
  readonly length: number;
}

type Arrays = new (memory: SharedArrayBuffer, at: number, length: number) => ArrayBufferView;
const ARRAYS: Readonly<Record<string, Arrays>> = { Int32Array, Uint32Array, Uint16Array, Uint8Array };

/** @param data plain data with typed arrays in it @returns parts of a file, in order */
export function packed(data: unknown): Uint8Array[] {
  const arrays: Uint8Array[] = [];
  let end = 0;
  const json = JSON.stringify(data, (_, value) => {
    if (!ArrayBuffer.isView(value)) return value;
    const place = { $array: value.constructor.name, at: end, length: (value as Uint8Array).length };
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    const gap = -value.byteLength & (ALIGNMENT - 1);
    arrays.push(bytes, new Uint8Array(gap));
    end += bytes.length + gap;
    return place;
  });
  const text = Buffer.from(json);
  const head = Buffer.alloc(HEAD);
  head.write(MAGIC, 'latin1');
  head.writeUInt32LE(text.length, MAGIC.length + CHECKSUM);
  head.writeUInt32LE(end, MAGIC.length + CHECKSUM + 4);
  checksumOf([head.subarray(MAGIC.length + CHECKSUM), text, ...arrays]).copy(head, MAGIC.length);
  return [head, text, ...arrays];
}

/** @returns the data, with arrays in shared memory @throws Error if the bytes are damaged */
export function unpacked(file: Buffer): unknown {
  if (file.length < HEAD || file.toString('latin1', 0, MAGIC.length) !== MAGIC)
    throw new Error('not a compiled rule set of this version');
  const checked = MAGIC.length + CHECKSUM;
  if (checksumOf([file.subarray(checked)]).compare(file, MAGIC.length, checked) !== 0)
    throw new Error('the compiled rule set is damaged');
  const texts = HEAD + file.readUInt32LE(checked);
  const shared = new SharedArrayBuffer(Math.max(1, file.readUInt32LE(checked + 4)));
  new Uint8Array(shared).set(file.subarray(texts));
  return JSON.parse(file.toString('utf8', HEAD, texts), (_, value) =>
    isPlace(value) ? new ARRAYS[value.$array]!(shared, value.at, value.length) : value,
  );
}

function isPlace(value: unknown): value is ArrayPlace {
  return value !== null && typeof value === 'object' && '$array' in value;
}

function checksumOf(parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
