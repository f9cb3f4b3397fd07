/** Recognition of Kerberos by the start of messages; on TCP after their lengths (RFC 4120 7.2.2). */
import { uint16 } from '../../../engine/packet/network-order.js';
import type { Probe, ProbeResult } from '../../../engine/protocol.js';
import { isMessage } from './message.js';

const MAX_LENGTH = 16384;

export const probe: Probe = (bytes, start, end, _, transport) => {
  if (transport === 'tcp') return isFramed(bytes, start, end);
  return isMessage(bytes, start, end) === true ? 'yes' : 'no';
};

/** A message after its length. */
export function isFramed(bytes: Uint8Array, start: number, end: number): ProbeResult {
  if (end - start < 6) return 'more';
  const length = uint16(bytes, start + 2);
  if (bytes[start] !== 0 || bytes[start + 1] !== 0 || length > MAX_LENGTH) return 'no';
  const answer = isMessage(bytes, start + 4, end);
  return answer === 'more' ? 'more' : answer ? 'yes' : 'no';
}
