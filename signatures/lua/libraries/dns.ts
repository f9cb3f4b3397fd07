/** suricata.dns: the current DNS transaction. */
import type { LuaLibrary, LuaValue } from '../../../engine/lua.js';
import type { LibraryMaker } from '../context.js';
import { CurrentTransaction, recordText, transactionLibrary } from '../transaction.js';

interface Resource {
  readonly rrname?: string;
  readonly rrtype?: string;
  readonly ttl?: number;
  readonly rdata?: unknown;
}

/** As tables; undefined if the message has none. */
function resources(list: unknown): LuaValue {
  if (!Array.isArray(list) || list.length === 0) return undefined;
  return (list as Resource[]).map(({ rrname, rrtype, ttl, rdata }) => ({
    rrname: recordText(rrname ?? '')!,
    type: rrtype ?? '',
    ...(ttl !== undefined && { ttl }),
    ...(typeof rdata === 'string' && { addr: recordText(rdata)! }),
  }));
}

export const dnsLibrary: LibraryMaker = context => {
  const tx = new CurrentTransaction(context, ['dns', 'mdns', 'llmnr', 'doh2']);
  const record = () => tx.record('dns');
  const library = transactionLibrary('suricata.dns', tx, {
    answers: () => [resources(record()['answers'])],
    authorities: () => [resources(record()['authorities'])],
    queries: () => [resources(record()['queries'])],
    rcode: () => [tx.number('dns.rcode', false)],
    rcode_string: () => [recordText(record()['rcode'])],
    recursion_desired: () => [record()['rd'] === true],
    rrname: () => [tx.texts('dns.query', true)[0]],
    txid: () => [record()['id'] as number | undefined],
  });
  return withFunctions(library);
};

/** Before `get_tx` existed, the module itself had these functions; older scripts still work. */
function withFunctions({ name, functions, source }: LuaLibrary): LuaLibrary {
  return {
    name,
    functions,
    source: `
local functions = ...
local copy = {}
for name, f in pairs(functions) do copy[name] = f end
local module = (function(...) ${source} end)(...)
copy.missing = nil
for name, f in pairs(copy) do module[name] = f end
return module`,
  };
}
