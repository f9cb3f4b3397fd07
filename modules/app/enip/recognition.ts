/** Recognition of EtherNet/IP by the start of messages. */
import type { ProbeResult } from '../../../engine/protocol.js';
import { HEADER, isKnown } from './message.js';

/** Options of the header are always 0 (CIP volume 2, 2-3.6). */
const OPTIONS = 20;

/** A header with a known command. */
export function probeMessage(bytes: Uint8Array, start: number, end: number): ProbeResult {
  if (end - start < HEADER) return 'more';
  const command = bytes[start]! | (bytes[start + 1]! << 8);
  for (let i = OPTIONS; i < HEADER; i++) if (bytes[start + i] !== 0) return 'no';
  return isKnown(command) ? 'yes' : 'no';
}
