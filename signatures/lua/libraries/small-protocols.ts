/** suricata.ssh, suricata.ntp and suricata.ja3: protocols with only a few values for scripts. */
import type { LuaArray, LuaLibrary } from '../../../engine/lua.js';
import type { LibraryMaker, LuaContext } from '../context.js';
import { CurrentTransaction, transactionLibrary } from '../transaction.js';

/** Adds a function to a library with which `init` requests a keyword: fingerprints are computed only if requested. */
function withKeywordRequest(
  context: LuaContext,
  library: LuaLibrary,
  name: string,
  keyword: string,
): LuaLibrary {
  const ask = (): LuaArray => {
    context.requestedKeywords?.add(keyword);
    return [];
  };
  const source = `
local functions = ...
local ask = functions.${name}
functions.${name} = nil
local module = (function(...) ${library.source} end)(...)
module.${name} = ask
return module`;
  return { ...library, functions: { ...library.functions, [name]: ask }, source };
}

export const sshLibrary: LibraryMaker = context => {
  const tx = new CurrentTransaction(context, ['ssh']);
  const library = transactionLibrary('suricata.ssh', tx, {
    server_proto: () => [tx.bytes('ssh.proto', false)],
    client_proto: () => [tx.bytes('ssh.proto', true)],
    server_software: () => [tx.bytes('ssh.software', false)],
    client_software: () => [tx.bytes('ssh.software', true)],
    server_hassh: () => [tx.bytes('ssh.hassh.server', false)],
    server_hassh_string: () => [tx.bytes('ssh.hassh.server.string', false)],
    client_hassh: () => [tx.bytes('ssh.hassh', true)],
    client_hassh_string: () => [tx.bytes('ssh.hassh.string', true)],
  });
  return withKeywordRequest(context, library, 'enable_hassh', 'ssh.hassh');
};

export const ntpLibrary: LibraryMaker = context => {
  const tx = new CurrentTransaction(context, ['ntp']);
  const toServer = () => context.at?.toServer ?? true;
  return transactionLibrary('suricata.ntp', tx, {
    version: () => [tx.number('ntp.version', toServer())],
    mode: () => [tx.number('ntp.mode', toServer())],
    stratum: () => [tx.number('ntp.stratum', toServer())],
    reference_id: () => [tx.bytes('ntp.reference_id', toServer())],
  });
};

export const ja3Library: LibraryMaker = context => {
  const tx = new CurrentTransaction(context, ['tls', 'quic']);
  const library = transactionLibrary('suricata.ja3', tx, {
    ja3_get_hash: () => [tx.bytes('ja3.hash', true)],
    ja3_get_string: () => [tx.bytes('ja3.string', true)],
    ja3s_get_hash: () => [tx.bytes('ja3s.hash', false)],
    ja3s_get_string: () => [tx.bytes('ja3s.string', false)],
  });
  return withKeywordRequest(context, library, 'enable_ja3', 'ja3.hash');
};
