/** Whether the first bytes of a flow look like a DNS message: plausible header, well-formed questions. */
import { uint16 } from '../../../engine/packet/network-order.js';
import type { Probe } from '../../../engine/protocol.js';
import { HEADER_LENGTH, MAX_OPCODE, opcodeOf, RESPONSE } from './message.js';

/** Whether the 12 bytes at `at` can be a header. @param end maximum end of the message */
export function looksLikeMessage(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + HEADER_LENGTH > end) return false;
  const flags = uint16(bytes, at + 2);
  const questions = uint16(bytes, at + 4);
  return opcodeOf(flags) <= MAX_OPCODE && questions <= 256 && (questions > 0 || (flags & RESPONSE) !== 0);
}

/** A datagram that is one message. @returns whether header and questions are well formed */
export function isMessage(bytes: Uint8Array, start: number, end: number): boolean {
  if (!looksLikeMessage(bytes, start, end)) return false;
  let entries = 0;
  for (let at = start + 4; at < start + HEADER_LENGTH; at += 2) entries += uint16(bytes, at);
  // Every entry takes at least 2 bytes.
  if (2 * entries > end - start - HEADER_LENGTH) return false;
  let at = start + HEADER_LENGTH;
  for (let i = uint16(bytes, start + 4); i > 0; i--) {
    at = afterName(bytes, at, end) + 4;
    if (at < 4 || at > end) return false;
  }
  return true;
}

/** @returns offset after the name at `at`, -1 if there is none; pointers are not followed */
function afterName(bytes: Uint8Array, at: number, end: number): number {
  while (at < end) {
    const size = bytes[at]!;
    if (size === 0) return at + 1;
    if (size >= 0xc0) return at + 2;
    if (size >= 0x40) return -1;
    at += 1 + size;
  }
  return -1;
}

export const probe: Probe = (bytes, start, end, toServer, transport) => {
  const at = transport === 'tcp' ? start + 2 : start;
  if (end - at < HEADER_LENGTH) return transport === 'tcp' ? 'more' : 'no';
  if (transport === 'tcp' && uint16(bytes, start) < HEADER_LENGTH) return 'no';
  if (!(transport === 'tcp' ? looksLikeMessage(bytes, at, end) : isMessage(bytes, at, end))) return 'no';
  const response = (uint16(bytes, at + 2) & RESPONSE) !== 0;
  return response === toServer ? 'yes-but-reversed' : 'yes';
};
