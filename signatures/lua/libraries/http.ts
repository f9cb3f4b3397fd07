/** suricata.http: the current HTTP transaction. */
import type { LuaArray, LuaValue } from '../../../engine/lua.js';
import type { LibraryMaker } from '../context.js';
import { CurrentTransaction, transactionLibrary } from '../transaction.js';

export const httpLibrary: LibraryMaker = context => {
  const tx = new CurrentTransaction(context, ['http', 'http1']);
  const buffer = (keyword: string, toServer: boolean) => (): LuaArray => [tx.bytes(keyword, toServer)];
  const headers = (toServer: boolean): [string, string][] =>
    tx.texts(toServer ? 'http.request_header' : 'http.response_header', toServer).map(nameAndValue);
  const header =
    (toServer: boolean) =>
    (name: LuaValue): LuaArray => {
      const wanted = String(name).toLowerCase();
      return [headers(toServer).find(([each]) => each.toLowerCase() === wanted)?.[1]];
    };
  const body = (keyword: string, toServer: boolean) => (): LuaArray => {
    const bytes = tx.bytes(keyword, toServer);
    return bytes && bytes.length > 0 ? [[bytes], 0, bytes.length] : [undefined, 'no body'];
  };
  return transactionLibrary('suricata.http', tx, {
    request_header: header(true),
    response_header: header(false),
    request_line: buffer('http.request_line', true),
    response_line: buffer('http.response_line', false),
    request_headers_raw: buffer('http.header.raw', true),
    response_headers_raw: buffer('http.header.raw', false),
    request_uri_raw: buffer('http.uri.raw', true),
    request_uri_normalized: buffer('http.uri', true),
    request_headers: () => [Object.fromEntries(headers(true))],
    response_headers: () => [Object.fromEntries(headers(false))],
    request_body: body('http.request_body', true),
    response_body: body('http.response_body', false),
    request_host: buffer('http.host', true),
  });
};

function nameAndValue(line: string): [string, string] {
  const colon = line.indexOf(': ');
  return colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 2)];
}
