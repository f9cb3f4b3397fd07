/** The EVE record of NFS: `rpc` and `nfs`. */
import { crc32 } from 'node:zlib';
import { procedureName, statusName } from './names.js';
import { authenticationName } from './rpc.js';
import type { NfsTransaction } from './transaction.js';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

/** Records of finished transactions omit those that only query attributes. @returns '' for none */
export function nfsRecord(
  transaction: NfsTransaction,
  forAlert: boolean,
  _?: unknown,
  toServer = false,
): string {
  const { rpc, call } = transaction;
  if (!rpc || !call) return '';
  if (!forAlert && isUnlogged(rpc.version, call.procedure)) return '';
  return `"nfs":${JSON.stringify(nfsMembers(transaction, !toServer))},"rpc":${JSON.stringify(rpcMembers(transaction, !toServer))}`;
}

/** GETATTR and NULL. */
function isUnlogged(version: number, procedure: number): boolean {
  return procedure === 0 || (version < 4 && procedure === 1);
}

function rpcMembers({ rpc, accepted, transfer }: NfsTransaction, answered: boolean): object {
  const { xid } = rpc!;
  // For writes, Suricata does not log the credentials.
  const { auth, credentials } = transfer?.toServer ? { auth: 0, credentials: undefined } : rpc!;
  return {
    xid,
    status: accepted || !answered ? 'ACCEPTED' : 'DENIED',
    auth_type: authenticationName(auth),
    ...(credentials && {
      creds: { machine_name: text(credentials.machine), uid: credentials.uid, gid: credentials.gid },
    }),
  };
}

/** @param answered whether to log the contents of the reply */
function nfsMembers(transaction: NfsTransaction, answered: boolean): object {
  const { id, rpc, call, name, transfer } = transaction;
  const handle = call!.kind === 'lookup' && !answered ? undefined : transaction.handle;
  return {
    version: rpc!.version,
    procedure: procedureName(rpc!.version, call!.procedure),
    filename: text(name),
    ...(handle && handle.length > 0 && { hhash: crc(handle).toString(16).padStart(8, '0') }),
    id: id + 1,
    file_tx: transfer !== undefined,
    type: 'response',
    status: statusName(answered ? transaction.status : 0),
    ...(call!.newName && { rename: { from: text(name), to: text(call!.newName) } }),
    ...(transfer && {
      [transfer.toServer ? 'write' : 'read']: {
        first: true,
        last: answered && transfer.isLast,
        last_xid: answered ? transfer.lastXid : 0,
        chunks: answered ? transfer.chunks : 0,
      },
    }),
  };
}

function crc(bytes: Uint8Array): number {
  return crc32(bytes) >>> 0;
}
