/**
 * Calls of COMPOUND of NFS version 4 (RFC 7530 14.2, 8881 16.2): several operations in one message. They have no length
 * fields, so parsing ends at the first unsupported one.
 */
import { latin1 } from '../../../engine/latin1.js';
import { type FileData, MAX_NAME_LENGTH, type NfsCall } from './call.js';
import {
  CLOSE,
  COMMIT,
  CREATE,
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

const MAX_OWNER_LENGTH = 1024;

/** The combined result of the operations of a call. */
interface CompoundResult {
  handle?: Uint8Array;
  subpath?: string;
  name?: Uint8Array;
  newName?: Uint8Array;
  offset?: number;
  data?: FileData;
  operationsAfter?: number;
  kind: NfsCall['kind'];
  procedure: number;
}

const KINDS: ReadonlyMap<number, NfsCall['kind']> = new Map([
  [CLOSE, 'close'],
  [COMMIT, 'commit'],
  [CREATE, 'other'],
  [LOOKUP, 'lookup'],
  [OPEN, 'create'],
  [READ, 'read'],
  [REMOVE, 'other'],
  [RENAME, 'rename'],
  [WRITE, 'write'],
]);
/** The later in this list, the more significant for the call. */
const RANKS = [CLOSE, COMMIT, LOOKUP, OPEN, CREATE, REMOVE, RENAME, READ, WRITE];

export function readCompoundCall(xdr: Xdr): NfsCall | undefined {
  xdr.opaque(MAX_NAME_LENGTH);
  xdr.uint32();
  const count = Math.min(MAX_OPERATIONS, xdr.uint32());
  return xdr.failed ? undefined : readOperations(xdr, count, { kind: 'unlogged', procedure: 1 });
}

/** The operations after the data that a call writes. @param before the call as parsed so far */
export function readCompoundRest(xdr: Xdr, { operationsAfter = 0, handle, subpath, name }: NfsCall): NfsCall {
  const known = { ...(handle && { handle }), ...(subpath && { subpath }), ...(name && { name }) };
  return readOperations(xdr, operationsAfter, { ...known, kind: 'unlogged', procedure: 1 });
}

/** Parses operations up to and including the first one with data. */
function readOperations(xdr: Xdr, count: number, call: CompoundResult): NfsCall {
  for (let i = 0; i < count && xdr.left >= 4; i++) {
    const operation = xdr.uint32();
    if (!readOperation(xdr, operation, call) || xdr.failed) break;
    if (RANKS.indexOf(operation) > RANKS.indexOf(call.procedure)) {
      call.procedure = operation;
      call.kind = KINDS.get(operation)!;
    }
    if (!call.data) continue;
    call.operationsAfter = count - i - 1;
    break;
  }
  return call;
}

/** @returns false for unsupported operations */
function readOperation(xdr: Xdr, operation: number, call: CompoundResult): boolean {
  switch (operation) {
    case PUTFH:
      call.handle = xdr.opaque(MAX_HANDLE_LENGTH);
      delete call.subpath;
      return true;
    case LOOKUP:
      call.name = xdr.opaque(MAX_NAME_LENGTH);
      call.subpath = `${call.subpath ?? ''}/${latin1(call.name)}`;
      return true;
    case REMOVE:
      call.name = xdr.opaque(MAX_NAME_LENGTH);
      return true;
    case RENAME:
      call.name = xdr.opaque(MAX_NAME_LENGTH);
      call.newName = xdr.opaque(MAX_NAME_LENGTH);
      return true;
    case READ:
      xdr.skip(STATE);
      call.offset = xdr.uint64();
      xdr.skip(4);
      return true;
    case WRITE:
      xdr.skip(STATE);
      call.offset = xdr.uint64();
      xdr.skip(4);
      call.data = dataOf(xdr);
      return true;
    case OPEN:
      call.name = readOpen(xdr);
      if (call.name.length > 0) call.subpath = `${call.subpath ?? ''}/${latin1(call.name)}`;
      return true;
    case CREATE:
      call.name = readCreate(xdr);
      return true;
    default:
      return skipOperation(xdr, operation);
  }
}

/** Bytes of arguments of fixed length. */
const FIXED: ReadonlyMap<number, number> = new Map([
  [3, 4],
  [CLOSE, 4 + STATE],
  [COMMIT, 12],
  [7, 8],
  [8, STATE],
  [GETFH, 0],
  [14, 8 + STATE + 16],
  [16, 0],
  [19, 4],
  [20, STATE + 4],
  [21, STATE + 12],
  [23, 0],
  [24, 0],
  [27, 0],
  [30, 8],
  [31, 0],
  [32, 0],
  [36, 16],
  [44, 16],
  [52, 4],
  [53, 32],
  [57, 8],
  [58, 4],
]);

function skipOperation(xdr: Xdr, operation: number): boolean {
  const length = FIXED.get(operation);
  if (length !== undefined) xdr.skip(length);
  else if (operation === 9) skipBitmap(xdr);
  else if (operation === 17 || operation === 37) skipAttributes(xdr);
  else if (operation === 11 || operation === 33) xdr.opaque(MAX_NAME_LENGTH);
  else if (operation === 34) {
    xdr.skip(STATE);
    skipAttributes(xdr);
  } else if (operation === 26) {
    xdr.skip(24);
    skipBitmap(xdr);
  } else return false;
  return true;
}

/** @returns the name of the file, empty if it is opened by its handle */
function readOpen(xdr: Xdr): Uint8Array {
  xdr.skip(12 + 8);
  xdr.opaque(MAX_OWNER_LENGTH);
  if (xdr.uint32() === 1) {
    const mode = xdr.uint32();
    if (mode >= 2) xdr.skip(8);
    if (mode !== 2) skipAttributes(xdr);
  }
  const claim = xdr.uint32();
  if (claim === 2) xdr.skip(STATE);
  return claim === 0 || claim === 2 || claim === 3 ? xdr.opaque(MAX_NAME_LENGTH) : new Uint8Array(0);
}

const LINK = 5;
const BLOCK_DEVICE = 3;
const CHARACTER_DEVICE = 4;

/** @returns the name of the object created: anything but a file */
function readCreate(xdr: Xdr): Uint8Array {
  const type = xdr.uint32();
  if (type === LINK) xdr.opaque(MAX_NAME_LENGTH);
  else if (type === BLOCK_DEVICE || type === CHARACTER_DEVICE) xdr.skip(8);
  const name = xdr.opaque(MAX_NAME_LENGTH);
  skipAttributes(xdr);
  return name;
}
