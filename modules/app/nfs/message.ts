/** Parsing of arguments and results of NFS procedures, as far as rules, records and files need them. */
import { MAX_NAME_LENGTH, type NfsCall, type NfsReply } from './call.js';
import { readCompoundCall } from './compound.js';
import { readCompoundReply } from './compound-reply.js';
import type { Xdr } from './xdr.js';

const MAX_HANDLE_LENGTH = 64;
const HANDLE_2 = 32;

/** @returns undefined if they are not valid arguments of the procedure */
export function readArguments(xdr: Xdr, version: number, procedure: number): NfsCall | undefined {
  const call = version === 2 ? call2(xdr, procedure) : version === 3 ? call3(xdr, procedure) : undefined;
  if (version === 4) return procedure === 0 ? { procedure, kind: 'unlogged' } : readCompoundCall(xdr);
  return xdr.failed ? undefined : call;
}

export function readResults(xdr: Xdr, version: number, call: NfsCall): NfsReply | undefined {
  if (version === 4) return readCompoundReply(xdr, call);
  if (call.procedure === 0) return { status: 0 };
  const status = xdr.uint32();
  if (xdr.failed) return undefined;
  if (status !== 0) return { status };
  return version === 2 ? reply2(xdr, call) : reply3(xdr, call);
}

// ── version 2 ──

function call2(xdr: Xdr, procedure: number): NfsCall {
  if (procedure === 0) return { procedure, kind: 'other' };
  const handle = xdr.fixed(HANDLE_2);
  switch (procedure) {
    case 4:
      return { procedure, kind: 'lookup', handle, name: xdr.opaque(MAX_NAME_LENGTH) };
    case 6:
      return { procedure, kind: 'read', handle, offset: xdr.uint32() };
    case 9:
      return { procedure, kind: 'create', handle, name: xdr.opaque(MAX_NAME_LENGTH) };
    case 10:
    case 14:
    case 15:
      return { procedure, kind: 'other', handle, name: xdr.opaque(MAX_NAME_LENGTH) };
    case 11: {
      const name = xdr.opaque(MAX_NAME_LENGTH);
      xdr.fixed(HANDLE_2);
      return { procedure, kind: 'rename', handle, name, newName: xdr.opaque(MAX_NAME_LENGTH) };
    }
    default:
      return { procedure, kind: 'other', ...(procedure === 1 && { handle }) };
  }
}

/** Attributes of a file (RFC 1094, 2.3.5): bytes before its size, and after it. */
const BEFORE_SIZE_2 = 20;
const BEHIND_SIZE_2 = 44;

/** The reply to a read does not indicate the end of the file: its size does. */
function reply2(xdr: Xdr, { kind, offset }: NfsCall): NfsReply | undefined {
  if (kind === 'lookup' || kind === 'create') return { status: 0, handle: xdr.fixed(HANDLE_2) };
  if (kind !== 'read') return { status: 0 };
  xdr.skip(BEFORE_SIZE_2);
  const size = xdr.uint32();
  xdr.skip(BEHIND_SIZE_2);
  const length = xdr.uint32();
  return xdr.failed
    ? undefined
    : { status: 0, isEnd: offset! + length === size, data: { at: xdr.at, length } };
}

// ── version 3 ──

/** Procedures whose handle is logged. */
const WITH_HANDLE = new Set([1, 4]);

function call3(xdr: Xdr, procedure: number): NfsCall {
  if (procedure === 0) return { procedure, kind: 'other' };
  const handle = xdr.opaque(MAX_HANDLE_LENGTH);
  switch (procedure) {
    case 3:
      return { procedure, kind: 'lookup', handle, name: xdr.opaque(MAX_NAME_LENGTH) };
    case 6:
      return { procedure, kind: 'read', handle, offset: xdr.uint64() };
    case 7:
      return write3(xdr, handle);
    case 8:
      return { procedure, kind: 'create', handle, name: xdr.opaque(MAX_NAME_LENGTH) };
    case 9:
    case 12:
    case 13:
      return { procedure, kind: 'other', handle, name: xdr.opaque(MAX_NAME_LENGTH) };
    case 14: {
      const name = xdr.opaque(MAX_NAME_LENGTH);
      xdr.opaque(MAX_HANDLE_LENGTH);
      return { procedure, kind: 'rename', handle, name, newName: xdr.opaque(MAX_NAME_LENGTH) };
    }
    case 21:
      return { procedure, kind: 'commit', handle };
    default:
      return { procedure, kind: 'other', ...(WITH_HANDLE.has(procedure) && { handle }) };
  }
}

function write3(xdr: Xdr, handle: Uint8Array): NfsCall {
  const offset = xdr.uint64();
  xdr.skip(8);
  const length = xdr.uint32();
  return { procedure: 7, kind: 'write', handle, offset, data: { at: xdr.at, length } };
}

const ATTRIBUTES_3 = 84;

function reply3(xdr: Xdr, { kind }: NfsCall): NfsReply | undefined {
  if (kind === 'lookup') return { status: 0, handle: xdr.opaque(MAX_HANDLE_LENGTH) };
  if (kind === 'create')
    return xdr.uint32() === 1 ? { status: 0, handle: xdr.opaque(MAX_HANDLE_LENGTH) } : { status: 0 };
  if (kind !== 'read') return { status: 0 };
  if (xdr.uint32() === 1) xdr.skip(ATTRIBUTES_3);
  xdr.skip(4);
  const isEnd = xdr.uint32() !== 0;
  const length = xdr.uint32();
  return xdr.failed ? undefined : { status: 0, isEnd, data: { at: xdr.at, length } };
}
