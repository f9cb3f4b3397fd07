/** The EVE record of a transaction. */
import { printable } from '../../../engine/files/file-record.js';
import { latin1 } from './bytes.js';
import { parseContentRange } from './content-range.js';
import type { Headers } from './headers.js';
import type { HttpVariant } from './record-settings.js';
import type { HttpTransaction } from './transaction.js';

/** Header fields that `custom` may name, where the member is called otherwise than the field. */
const MEMBER_NAMES: Readonly<Record<string, string>> = {
  'user-agent': 'http_user_agent',
  referer: 'http_refer',
  'content-type': 'http_content_type',
  host: 'hostname',
};
const RESPONSE_FIELDS = new Set(
  (
    'accept-range age allow connection content-encoding content-language content-length content-location content-md5 ' +
    'content-range date etag expires last-modified link location proxy-authenticate server set-cookie trailer ' +
    'transfer-encoding upgrade vary warning www-authenticate'
  ).split(' '),
);

/** Members without braces: `"http":{…}`. */
export function httpRecord(transaction: HttpTransaction, variant: HttpVariant): string {
  const members: string[] = [];
  addBasic(transaction, members);
  addCustom(transaction, variant.custom, members);
  if (variant.extended) addExtended(transaction, members);
  if (variant.dumpRequest) addAll(members, 'request_headers', transaction.request.headers);
  if (variant.dumpResponse) addAll(members, 'response_headers', transaction.response.headers);
  return `"http":{${members.join(',')}}`;
}

function addBasic({ request, response }: HttpTransaction, members: string[]): void {
  add(members, 'hostname', request.hostname);
  if (request.port >= 0) members.push(`"http_port":${request.port}`);
  add(members, 'url', request.rawUri);
  add(members, 'http_user_agent', request.headers?.value('user-agent'));
  add(members, 'xff', request.headers?.value('x-forwarded-for'));
  const type = response.headers?.text('content-type');
  if (type !== undefined) members.push(`"http_content_type":${json(type.split(';')[0]!)}`);
  const range = response.headers?.text('content-range');
  if (range !== undefined) members.push(`"content_range":${rangeMember(range)}`);
}

function rangeMember(text: string): string {
  const range = parseContentRange(text);
  const members = [`"raw":${json(text)}`];
  if (range) members.push(`"start":${range.start}`, `"end":${range.end}`);
  if (range && range.total >= 0) members.push(`"size":${range.total}`);
  return `{${members.join(',')}}`;
}

function addExtended({ request, response }: HttpTransaction, members: string[]): void {
  add(members, 'http_refer', request.headers?.value('referer'));
  if (request.method.length > 0) add(members, 'http_method', request.method);
  add(members, 'protocol', request.protocol);
  if (response.status >= 0) members.push(`"status":${response.status}`);
  else if (response.statusText?.length) add(members, 'status_string', response.statusText);
  add(members, 'redirect', response.headers?.value('location'));
  members.push(`"length":${response.body?.wireLength ?? 0}`);
}

function addCustom(
  { request, response }: HttpTransaction,
  names: readonly string[],
  members: string[],
): void {
  for (const name of names) {
    if (MEMBER_NAMES[name] !== undefined) continue;
    const value =
      request.headers?.value(name) ?? (RESPONSE_FIELDS.has(name) ? response.headers?.value(name) : undefined);
    add(members, name.replaceAll('-', '_'), value);
  }
}

function addAll(members: string[], name: string, headers: Headers | undefined): void {
  if (!headers) return;
  const fields = headers.fields.map(
    field => `{"name":${json(latin1(field.name))},"value":${json(latin1(field.value))}}`,
  );
  members.push(`"${name}":[${fields.join(',')}]`);
}

function add(members: string[], name: string, value: Uint8Array | undefined): void {
  if (value !== undefined) members.push(`"${name}":${json(latin1(value))}`);
}

function json(text: string): string {
  return JSON.stringify(printable(text));
}
