/** Headers of remote procedure calls (RFC 5531 9, 11). */
import type { Xdr } from './xdr.js';

export const NFS = 100003;
export const CALL = 0;
export const REPLY = 1;
export const RPC_VERSION = 2;
/** Maximum length of credentials (RFC 5531 8.2), and of names in them. */
const MAX_AUTH_LENGTH = 400;
const MAX_MACHINE_LENGTH = 255;

export interface Credentials {
  readonly machine: Uint8Array;
  readonly uid: number;
  readonly gid: number;
}

export interface RpcCall {
  readonly xid: number;
  readonly program: number;
  readonly version: number;
  readonly procedure: number;
  readonly auth: number;
  readonly credentials: Credentials | undefined;
}

export interface RpcReply {
  readonly xid: number;
  readonly accepted: boolean;
}

/** @returns undefined if it is not a call of a known version */
export function readCall(xdr: Xdr): RpcCall | undefined {
  const xid = xdr.uint32();
  const type = xdr.uint32();
  const version = xdr.uint32();
  const call = { xid, program: xdr.uint32(), version: xdr.uint32(), procedure: xdr.uint32() };
  const auth = xdr.uint32();
  const length = xdr.uint32();
  if (type !== CALL || version !== RPC_VERSION || length > MAX_AUTH_LENGTH || xdr.failed) return undefined;
  const end = xdr.at + length;
  const credentials = auth === 1 ? unixCredentials(xdr) : undefined;
  if (xdr.failed || end > xdr.end) return undefined;
  xdr.at = end;
  xdr.uint32();
  xdr.opaque(MAX_AUTH_LENGTH);
  return xdr.failed ? undefined : { ...call, auth, credentials };
}

function unixCredentials(xdr: Xdr): Credentials {
  xdr.uint32();
  const length = Math.min(MAX_MACHINE_LENGTH, xdr.uint32());
  // As logged by Suricata: the padding of the name to four bytes is not skipped.
  const machine = xdr.bytes.slice(xdr.at, xdr.at + length);
  xdr.at += length;
  return { machine, uid: xdr.uint32(), gid: xdr.uint32() };
}

export function readReply(xdr: Xdr): RpcReply | undefined {
  const xid = xdr.uint32();
  if (xdr.uint32() !== REPLY) return undefined;
  const denied = xdr.uint32() !== 0;
  if (denied) return xdr.failed ? undefined : { xid, accepted: false };
  xdr.uint32();
  xdr.opaque(MAX_AUTH_LENGTH);
  const status = xdr.uint32();
  return xdr.failed ? undefined : { xid, accepted: status === 0 };
}

const AUTHENTICATIONS = ['NULL', 'UNIX', 'SHORT', 'DES', 'KERB'];

export function authenticationName(type: number): string {
  return type === 6 ? 'GSS' : (AUTHENTICATIONS[type] ?? String(type));
}
