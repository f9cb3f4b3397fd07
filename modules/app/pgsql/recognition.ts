/** Recognition of PostgreSQL on its ports by the first message of either side. */
import { uint32 } from '../../../engine/packet/network-order.js';
import type { ProbeResult } from '../../../engine/protocol.js';
import { CANCEL_REQUEST, GSS_REQUEST, SSL_REQUEST } from './message.js';

/** Maximum bytes of a first message. */
const MAX_FIRST_LENGTH = 10_000;
const FRONTEND_TYPES = 'BCDEFHPQSXdfcp';
const BACKEND_TYPES = 'RESNKZ';
/** Message types that a server sends during a connection. */
const LATER_BACKEND_TYPES = 'RESNKZTDCIGHdc123nstVA';

export function probe(bytes: Uint8Array, start: number, end: number, toServer: boolean): ProbeResult {
  return toServer ? probeFrontend(bytes, start, end) : probeBackend(bytes, start, end);
}

/** Whether this may be the start of a message in an established connection, by direction. */
export const nextMessageProbe =
  (toServer: boolean) =>
  (bytes: Uint8Array, start: number, end: number): ProbeResult =>
    probeTyped(bytes, start, end, toServer ? FRONTEND_TYPES : LATER_BACKEND_TYPES);

/** A message without a type begins a connection; one with a type was picked up midstream. */
function probeFrontend(bytes: Uint8Array, start: number, end: number): ProbeResult {
  if (bytes[start] !== 0) return probeTyped(bytes, start, end, FRONTEND_TYPES);
  if (end - start < 8) return 'more';
  const length = uint32(bytes, start);
  const code = uint32(bytes, start + 4);
  const known = code >>> 16 === 3 || code === SSL_REQUEST || code === GSS_REQUEST || code === CANCEL_REQUEST;
  return known && length >= 8 && length <= MAX_FIRST_LENGTH ? 'yes' : 'no';
}

/** A single byte is the response to a request for encryption. */
function probeBackend(bytes: Uint8Array, start: number, end: number): ProbeResult {
  if (end - start === 1 && (bytes[start] === 0x4e || bytes[start] === 0x53)) return 'yes';
  return probeTyped(bytes, start, end, BACKEND_TYPES);
}

function probeTyped(bytes: Uint8Array, start: number, end: number, types: string): ProbeResult {
  if (!types.includes(String.fromCharCode(bytes[start]!))) return 'no';
  if (end - start < 5) return 'more';
  const length = uint32(bytes, start + 1);
  return length >= 4 && length <= MAX_FIRST_LENGTH ? 'yes' : 'no';
}
