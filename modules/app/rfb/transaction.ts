/** The handshake of a connection is its only transaction. */
import { TwoSidedTransaction } from '../../../engine/protocol.js';
import type { ProtocolVersion } from './version.js';

export const COMPLETE = 1;
export const EVENTS = [
  'unimplemented_security_type',
  'unknown_security_result',
  'malformed_message',
  'confused_state',
] as const;

/** Encoding of pixels (RFC 6143 7.4). */
export interface PixelFormat {
  readonly bits_per_pixel: number;
  readonly depth: number;
  readonly big_endian: boolean;
  readonly true_color: boolean;
  readonly red_max: number;
  readonly green_max: number;
  readonly blue_max: number;
  readonly red_shift: number;
  readonly green_shift: number;
  readonly blue_shift: number;
}

export interface FrameBuffer {
  readonly width: number;
  readonly height: number;
  readonly format: PixelFormat;
  readonly name: Uint8Array;
}

export class RfbTransaction extends TwoSidedTransaction {
  serverVersion: ProtocolVersion | undefined;
  clientVersion: ProtocolVersion | undefined;
  securityType: number | undefined;
  challenge: Uint8Array | undefined;
  response: Uint8Array | undefined;
  securityResult: number | undefined;
  failureReason: Uint8Array | undefined;
  shared: boolean | undefined;
  frameBuffer: FrameBuffer | undefined;

  constructor() {
    super(0);
  }
}
