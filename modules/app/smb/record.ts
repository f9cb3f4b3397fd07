/** EVE records of SMB. */
import { printable } from '../../../engine/files/file-record.js';
import type { OutputRecord } from '../../../engine/protocol.js';
import type { Interface } from '../dcerpc/bindings.js';
import type { Call } from '../dcerpc/call.js';
import { REQUEST, RESPONSE, typeName } from '../dcerpc/pdu.js';
import { amounts, interfaceMembers } from '../dcerpc/record.js';
import { commandName, dispositionName, statusMembers } from './names.js';
import type { SmbSettings } from './settings.js';
import type { Create, Negotiate, SessionSetup, SmbTransaction, TreeConnect } from './transaction.js';

export function smbRecord(transaction: SmbTransaction): string {
  const { id, version, command, status, isDosStatus, sessionId, treeId } = transaction;
  const head = JSON.stringify({
    id: id + 1,
    dialect: transaction.dialect,
    command: commandName(version, command),
    ...(status !== undefined && statusMembers(status, isDosStatus)),
  }).slice(1, -1);
  const detail = JSON.stringify(detailOf(transaction)).slice(1, -1);
  // The session identifier has 64 bits: more than a JavaScript number.
  return `"smb":{${head},"session_id":${sessionId},"tree_id":${treeId}${detail && `,${detail}`}}`;
}

/** The record for the outputs that log its kind. */
export function smbRecords(transaction: SmbTransaction, settings: unknown): OutputRecord[] {
  if (transaction.silent) return [];
  const { outputs } = settings as SmbSettings;
  const wanting = outputs.filter(({ types }) => types === undefined || types.has(transaction.kind));
  if (outputs.length > 0 && wanting.length === 0) return [];
  return [{ members: smbRecord(transaction), outputs: wanting.reduce((bits, { bit }) => bits | bit, 0) }];
}

function detailOf({ detail }: SmbTransaction): object {
  const { negotiate, setup, tree, create, rename, fileInfo, ioctl, file, call } = detail;
  return {
    ...(negotiate && negotiateMembers(negotiate)),
    ...(setup && setupMembers(setup)),
    ...(tree && treeMembers(tree)),
    ...(create && createMembers(create)),
    ...(file && { filename: printable(file.name), share: printable(file.share), fuid: file.fuid }),
    ...(rename && { rename: { from: printable(rename.from), to: printable(rename.to) } }),
    ...(fileInfo && {
      filename: printable(fileInfo.filename),
      access: access(fileInfo.deleteOnClose),
      ...(fileInfo.fuid && { fuid: fileInfo.fuid }),
      set_info: { class: fileInfo.class, info_level: fileInfo.level },
    }),
    ...(ioctl !== undefined && { function: ioctl }),
    ...(call && { dcerpc: callMembers(call) }),
  };
}

const access = (deleteOnClose: boolean) => (deleteOnClose ? 'delete on close' : 'normal');

function negotiateMembers({ clientDialects, ...more }: Negotiate): object {
  return {
    client_dialects: clientDialects.map(printable),
    ...(more.clientGuid && { client_guid: more.clientGuid }),
    ...(more.serverGuid && { server_guid: more.serverGuid }),
    ...(more.maxReadSize !== undefined && { max_read_size: more.maxReadSize }),
    ...(more.maxWriteSize !== undefined && { max_write_size: more.maxWriteSize }),
  };
}

function setupMembers({ ntlm, kerberos, request, response }: SessionSetup): object {
  return {
    ...(kerberos && {
      kerberos: { realm: printable(kerberos.realm), snames: kerberos.snames.map(printable) },
    }),
    ...(ntlm && {
      ntlmssp: {
        domain: printable(ntlm.domain),
        user: printable(ntlm.user),
        host: printable(ntlm.host),
        ...(ntlm.isUnordered && { warning: true }),
        ...(ntlm.version && { version: ntlm.version }),
      },
    }),
    ...(request && { request: native(request) }),
    ...(response && { response: native(response) }),
  };
}

function native({ native_os, native_lm }: { native_os: string; native_lm: string }): object {
  return { native_os: printable(native_os), native_lm: printable(native_lm) };
}

function treeMembers({ share, isPipe, shareType, service }: TreeConnect): object {
  return {
    [isPipe ? 'named_pipe' : 'share']: printable(share),
    ...(service && { service }),
    ...(shareType && { share_type: shareType }),
  };
}

function createMembers(create: Create): object {
  return {
    [create.isDirectory ? 'directory' : 'filename']: printable(create.filename || '<share_root>'),
    disposition: dispositionName(create.disposition),
    access: access(create.deleteOnClose),
    created: create.created,
    accessed: create.accessed,
    modified: create.modified,
    changed: create.changed,
    size: create.size,
    ...(create.fuid && { fuid: create.fuid }),
  };
}

function callMembers(call: Call): object {
  const { request, response, interfaces } = call;
  const isCall = request.type === REQUEST;
  return {
    ...(request.type !== undefined && { request: typeName(request.type) }),
    response: response.done ? typeName(response.type!) : 'UNREPLIED',
    ...(isCall && { opnum: call.opnum, req: amounts(request) }),
    ...(response.type === RESPONSE && { res: amounts(response) }),
    ...(!isCall && interfaces.length > 0 && { interfaces: interfaces.map(pipeInterface) }),
    call_id: call.callId,
  };
}

/** Suricata does not log the reasons of refused binds in pipes. */
function pipeInterface(each: Interface): object {
  return { ...interfaceMembers(each), ack_result: each.result ?? 0, ack_reason: 0 };
}
