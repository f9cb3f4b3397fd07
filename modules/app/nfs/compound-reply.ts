/** Replies to COMPOUND of NFS version 4 (RFC 7530 14.2): results of the operations up to the first unsupported one. */
import { MAX_NAME_LENGTH, type NfsCall, type NfsReply } from './call.js';
import {
  CLOSE,
  COMMIT,
  dataOf,
  GETFH,
  LOOKUP,
  MAX_HANDLE_LENGTH,
  MAX_OPERATIONS,
  OPEN,
  PUTFH,
  READ,
  REMOVE,
  RENAME,
  STATE,
  skipAttributes,
  skipBitmap,
  WRITE,
} from './operations.js';
import type { Xdr } from './xdr.js';

export function readCompoundReply(xdr: Xdr, call: NfsCall): NfsReply | undefined {
  const status = xdr.uint32();
  xdr.opaque(MAX_NAME_LENGTH);
  const count = Math.min(MAX_OPERATIONS, xdr.uint32());
  if (xdr.failed) return call.procedure === 0 ? { status: 0 } : undefined;
  let handle: Uint8Array | undefined;
  for (let i = 0; i < count && xdr.left >= 8; i++) {
    const operation = xdr.uint32();
    if (xdr.uint32() !== 0) break;
    if (operation === READ) {
      const isEnd = xdr.uint32() !== 0;
      return { status, isEnd, data: dataOf(xdr) };
    }
    if (operation === GETFH) handle = xdr.opaque(MAX_HANDLE_LENGTH);
    else if (!skipResult(xdr, operation)) break;
    if (xdr.failed) break;
  }
  return { status, ...(handle && handle.length > 0 && { handle }) };
}

const FIXED_RESULTS: ReadonlyMap<number, number> = new Map([
  [3, 8],
  [CLOSE, STATE],
  [COMMIT, 8],
  [LOOKUP, 0],
  [16, 0],
  [PUTFH, 0],
  [23, 0],
  [24, 0],
  [REMOVE, 20],
  [RENAME, 40],
  [30, 0],
  [31, 0],
  [32, 0],
  [WRITE, 16],
  [53, 36],
]);

function skipResult(xdr: Xdr, operation: number): boolean {
  const length = FIXED_RESULTS.get(operation);
  if (length !== undefined) xdr.skip(length);
  else if (operation === 9) skipAttributes(xdr);
  else if (operation === 34) skipBitmap(xdr);
  else if (operation === OPEN) {
    xdr.skip(STATE + 20 + 4);
    skipBitmap(xdr);
    return xdr.uint32() === 0;
  } else return false;
  return true;
}
