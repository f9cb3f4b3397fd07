/** Mutated captures (pcap): packets lost, repeated, out of order, and with changed bytes. */
import { concat } from '../packets/bytes.js';
import type { Random } from '../pseudo-random.js';
import { mutatedBytes } from './byte-mutator.js';

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
/** One of this many packets is changed, lost, repeated, or swapped with the next. */
const CHANGE_INTERVAL = 6;
const MOVE_INTERVAL = 40;

/** @returns undefined if the file is not a pcap file of this form */
export function mutatedCapture(original: Uint8Array, random: Random): Uint8Array | undefined {
  const capture = new Uint8Array(original);
  const view = new DataView(capture.buffer, capture.byteOffset, capture.byteLength);
  const isLittleEndian = capture.length >= FILE_HEADER ? byteOrder(view.getUint32(0)) : undefined;
  if (isLittleEndian === undefined) return undefined;
  const parts: Uint8Array[] = [capture.slice(0, FILE_HEADER)];
  for (const record of withRecordsMoved(recordsOf(capture, view, isLittleEndian), random)) {
    parts.push(random(CHANGE_INTERVAL) === 0 ? mutatedRecord(record, isLittleEndian, random) : record);
  }
  return concat(...parts);
}

/** Byte order of numbers, by the magic number (microseconds or nanoseconds). */
function byteOrder(magic: number): boolean | undefined {
  if (magic === 0xd4c3b2a1 || magic === 0x4d3cb2a1) return true;
  return magic === 0xa1b2c3d4 || magic === 0xa1b23c4d ? false : undefined;
}

function recordsOf(capture: Uint8Array, view: DataView, isLittleEndian: boolean): Uint8Array[] {
  const records: Uint8Array[] = [];
  for (let at = FILE_HEADER; at + RECORD_HEADER <= capture.length; ) {
    const end = at + RECORD_HEADER + view.getUint32(at + 8, isLittleEndian);
    if (end <= capture.length) records.push(capture.slice(at, end));
    at = end;
  }
  return records;
}

function withRecordsMoved(records: readonly Uint8Array[], random: Random): Uint8Array[] {
  const result: Uint8Array[] = [];
  for (const record of records) {
    const choice = random(MOVE_INTERVAL);
    if (choice === 0) continue;
    result.push(record);
    if (choice === 1) result.push(record);
    if (choice === 2 && result.length > 1) result.push(...result.splice(-2).reverse());
  }
  return result;
}

function mutatedRecord(record: Uint8Array, isLittleEndian: boolean, random: Random): Uint8Array {
  const packet = record.slice(RECORD_HEADER);
  // Mostly the payload of the transport: a packet with a broken header is not parsed further.
  const unchangedBytes = random(4) === 0 ? 0 : Math.min(packet.length, 54);
  const bytes = concat(packet.slice(0, unchangedBytes), mutatedBytes(packet.slice(unchangedBytes), random));
  const header = record.slice(0, RECORD_HEADER);
  const view = new DataView(header.buffer);
  // Captured and original length: before version 2.3, files have them in the other order.
  view.setUint32(8, bytes.length, isLittleEndian);
  view.setUint32(12, bytes.length, isLittleEndian);
  return concat(header, bytes);
}
