/** The packets of a capture file (pcap), to be mutated. */
import type { CapturedPacket } from '../packets/pcap-file.js';
import { viewOf } from './packet-layers.js';

const FILE_HEADER = 24;
const RECORD_HEADER = 16;

export interface Capture {
  readonly linkType: number;
  readonly packets: readonly CapturedPacket[];
}

/** @returns undefined if the file is not a pcap file of this form */
export function captureOf(given: Uint8Array): Capture | undefined {
  // Slices of a Buffer would share its memory.
  const file = new Uint8Array(given);
  const view = viewOf(file);
  if (file.length < FILE_HEADER) return undefined;
  const magic = view.getUint32(0);
  const little = magic === 0xd4c3b2a1 || magic === 0x4d3cb2a1;
  const nanoseconds = magic === 0x4d3cb2a1 || magic === 0xa1b23c4d;
  if (!little && magic !== 0xa1b2c3d4 && magic !== 0xa1b23c4d) return undefined;
  const packets: CapturedPacket[] = [];
  for (let at = FILE_HEADER; at + RECORD_HEADER <= file.length; ) {
    const start = at + RECORD_HEADER;
    const end = start + view.getUint32(at + 8, little);
    const time = view.getUint32(at, little) + view.getUint32(at + 4, little) / (nanoseconds ? 1e9 : 1e6);
    const wireLength = view.getUint32(at + 12, little);
    if (end <= file.length) packets.push({ data: file.slice(start, end), time, wireLength });
    at = end;
  }
  return { linkType: view.getUint32(20, little) & 0xffff, packets };
}
