/** Recognition of NFS by the start of messages (RFC 5531 9, 11); replies do not identify the program. */
import type { Probe, ProbeResult } from '../../../engine/protocol.js';
import { CALL, NFS, REPLY, RPC_VERSION, readCall } from './rpc.js';
import { Xdr } from './xdr.js';

/** Minimum length of a relevant call (NULL is not), and offsets of its fields. */
const MIN_LENGTH = 44;
const MAX_FRAGMENT_LENGTH = 1 << 24;
const REPLY_HEAD = 28;
/**
 * Maximum length of the start of a call on a stream: mark, fixed fields, credentials and verifier (RFC 5531 8.2, 9).
 */
const CALL_HEAD = 4 + 24 + 2 * (8 + 400);

export const probe: Probe = (bytes, start, end, toServer, transport) => {
  if (transport === 'udp') return toServer ? probeCall(bytes, start, end, MIN_LENGTH) : 'no';
  if (end - start < REPLY_HEAD) return 'more';
  const fragment = new Xdr(bytes, start, end).uint32() & 0x7fffffff;
  if (fragment < 24 || fragment > MAX_FRAGMENT_LENGTH) return 'no';
  if (isCall(new Xdr(bytes, start + 8, end))) {
    const head = start + Math.min(4 + fragment, CALL_HEAD);
    if (probeCall(bytes, start + 4, Math.min(end, head), 40) === 'yes')
      return toServer ? 'yes' : 'yes-but-reversed';
    // Its credentials may not have arrived yet.
    return end < head ? 'more' : 'no';
  }
  if (!isReply(new Xdr(bytes, start + 8, end))) return 'no';
  return toServer ? 'yes-but-reversed' : 'yes';
};

function probeCall(bytes: Uint8Array, start: number, end: number, shortest: number): ProbeResult {
  if (end - start < shortest) return 'no';
  const call = readCall(new Xdr(bytes, start, end));
  return call && call.program === NFS && call.version >= 2 && call.version <= 4 ? 'yes' : 'no';
}

/** Bytes that `findMessage` needs to identify a message. */
export const MESSAGE_HEAD = 36;

/**
 * The first offset in `bytes[start, end)` at which a message begins on a stream, or may begin, if too few bytes follow.
 */
export function findMessage(bytes: Uint8Array, start: number, end: number, toServer: boolean): number {
  let at = start;
  for (; at + MESSAGE_HEAD <= end; at++) {
    // The high bytes of the message type are compared first: this rejects most offsets.
    if ((bytes[at + 8]! | bytes[at + 9]! | bytes[at + 10]!) !== 0) continue;
    const xdr = new Xdr(bytes, at, end);
    const length = xdr.uint32() & 0x7fffffff;
    if (length < 24 || length > MAX_FRAGMENT_LENGTH) continue;
    xdr.skip(4);
    if (toServer ? isCall(xdr) : isReply(xdr)) return at;
  }
  return at;
}

/** Its credentials may still be incomplete. */
function isCall(xdr: Xdr): boolean {
  const [type, rpc, program, version] = [xdr.uint32(), xdr.uint32(), xdr.uint32(), xdr.uint32()];
  return type === CALL && rpc === RPC_VERSION && program === NFS && version >= 2 && version <= 4;
}

const isReply = (xdr: Xdr): boolean => xdr.uint32() === REPLY && xdr.uint32() <= 1 && xdr.uint32() <= 6;
