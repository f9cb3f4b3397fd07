/** Recognition of LDAP by the start of messages (RFC 4511 4.1.1). */
import type { ProbeResult } from '../../../engine/protocol.js';
import { INTEGER, readHead, SEQUENCE } from '../asn1/ber.js';
import { isRequest, operationName } from './operation.js';

/** A sequence that begins with a number and an operation, which determines the direction. */
export function probe(bytes: Uint8Array, start: number, end: number, toServer: boolean): ProbeResult {
  const outer = readHead(bytes, start, end);
  if (outer === 'more') return 'more';
  if (outer === undefined || outer.tag !== SEQUENCE) return 'no';
  const number = readHead(bytes, start + outer.head, end);
  if (number === 'more') return 'more';
  if (number === undefined || number.tag !== INTEGER || number.length === 0 || number.length > 4) return 'no';
  const at = start + outer.head + number.head + number.length;
  if (at >= end) return 'more';
  const operation = bytes[at]! & 0x1f;
  if ((bytes[at]! & 0xc0) !== 0x40 || operationName(operation) === undefined) return 'no';
  return isRequest(operation) === toServer ? 'yes' : 'yes-but-reversed';
}
