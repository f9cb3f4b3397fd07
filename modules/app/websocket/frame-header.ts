/** The header of a WebSocket frame (RFC 6455 5.2). */
import type { Reading, StreamSocket } from '../../../engine/application/stream-socket.js';
import { uint32 } from '../../../engine/packet/network-order.js';

export const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
export const CONTINUATION = OPCODES.continuation;
export const FIN = 0x80;
/** The message is compressed (RFC 7692 6). */
export const COMPRESSED = 0x40;

export interface FrameHeader {
  /** FIN and the three reserved bits, at their positions in the first byte. */
  readonly flags: number;
  readonly opcode: number;
  /** Masking key as a number, big endian; undefined if there is none. */
  readonly mask: number | undefined;
  /** Length of this header in bytes, and of the payload after it. */
  readonly head: number;
  readonly length: number;
}

/** Control frames may occur between the frames of a message. */
export function isControl(opcode: number): boolean {
  return opcode >= 8;
}

/** Reads a header without consuming it. */
export function* peekHeader(socket: StreamSocket): Reading<FrameHeader | undefined> {
  const first = yield* socket.peek(2);
  if (!first) return undefined;
  const masked = (first[1]! & 0x80) !== 0;
  const short = first[1]! & 0x7f;
  const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
  const head = 2 + extended + (masked ? 4 : 0);
  const bytes = yield* socket.peek(head);
  if (!bytes) return undefined;
  let length = extended === 0 ? short : 0;
  for (let i = 0; i < extended; i++) length = length * 256 + bytes[2 + i]!;
  const key = bytes.subarray(head - 4, head);
  return {
    flags: bytes[0]! & 0xf0,
    opcode: bytes[0]! & 0x0f,
    mask: masked ? uint32(key, 0) : undefined,
    head,
    length,
  };
}

/** Removes the mask in place (RFC 6455 5.3). */
export function unmask(payload: Uint8Array, mask: number): void {
  for (let i = 0; i < payload.length; i++) payload[i]! ^= (mask >>> (24 - 8 * (i & 3))) & 0xff;
}
