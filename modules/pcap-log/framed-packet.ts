/**
 * A packet passed from the thread that saw it to the one that writes files: five little-endian int32 (total length,
 * link type, seconds, nanoseconds, length on the wire), then the captured bytes.
 */
import type { Memory } from '../../engine/memory.js';
import * as Packet from '../../engine/packet.js';

export const LENGTH = 0;
export const LINK_TYPE = 4;
export const SECONDS = 8;
export const NANOSECONDS = 12;
export const WIRE_LENGTH = 16;
export const FRAME_HEADER = 20;
const USUAL_BYTES = 64 << 10;

/** Creates frames, one at a time, in a buffer that grows to the largest packet. */
export class Framing {
  bytes = new Uint8Array(USUAL_BYTES);
  private view = new DataView(this.bytes.buffer);

  /** @param p index of the packet's row  @returns length of the frame, which is at the start of `bytes` */
  frame({ row, bytes }: Memory, p: number): number {
    const captured = row[p + Packet.LENGTH]!;
    const length = FRAME_HEADER + captured;
    if (length > this.bytes.length) this.grow(length);
    this.view.setUint32(LENGTH, length, true);
    this.view.setInt32(LINK_TYPE, row[p + Packet.LINK_TYPE]!, true);
    this.view.setInt32(SECONDS, row[p + Packet.SECONDS]!, true);
    this.view.setInt32(NANOSECONDS, row[p + Packet.NANOSECONDS]!, true);
    this.view.setInt32(WIRE_LENGTH, row[p + Packet.WIRE_LENGTH]!, true);
    const data = row[p + Packet.DATA]!;
    this.bytes.set(bytes.subarray(data, data + captured), FRAME_HEADER);
    return length;
  }

  private grow(length: number): void {
    this.bytes = new Uint8Array(length);
    this.view = new DataView(this.bytes.buffer);
  }
}

export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
