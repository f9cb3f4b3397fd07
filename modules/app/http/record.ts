/** The EVE record of a transaction. */
import { printable } from '../../../engine/files/file-record.js';
import { latin1 } from '../../../engine/latin1.js';
import { bodyMembers } from '../../../engine/record/alert-bodies.js';
import { parseContentRange } from './content-range.js';
import type { CustomField } from './custom-fields.js';
import type { Headers } from './headers.js';
import { DEFAULT_VARIANT, type HttpVariant } from './record-settings.js';
import type { HttpTransaction } from './transaction.js';

/** Members without braces: `"http":{…}`. */
export function httpRecord(transaction: HttpTransaction, variant: HttpVariant): string {
  const members: string[] = [];
  addBasic(transaction, members);
  if (variant.extended) addExtended(transaction, members);
  addCustom(transaction, members, variant.custom);
  if (variant.dumpRequest) addHeaders(members, 'request_headers', transaction.request.headers);
  if (variant.dumpResponse) addHeaders(members, 'response_headers', transaction.response.headers);
  return `"http":{${members.join(',')}}`;
}

/** The variant for alerts: with the bodies, if an output is configured for them. */
export function httpAlertRecord(transaction: HttpTransaction): string {
  const { request, response, settings } = transaction;
  const forms = settings.alertBodies;
  const bodies =
    bodyMembers(request.body?.store.view(), 'http_request_body', 'http_request_body_printable', forms) +
    bodyMembers(response.body?.store.view(), 'http_response_body', 'http_response_body_printable', forms);
  return `${httpRecord(transaction, DEFAULT_VARIANT).slice(0, -1)}${bodies}}`;
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
  members: string[],
  fields: readonly CustomField[],
): void {
  for (const { member, field, ofRequest } of fields)
    add(members, member, (ofRequest ? request : response).headers?.value(field));
}

/** Maximum length of a field in a record, so that forged headers do not produce unlimited lines. */
const MAX_NAME_LENGTH = 256;
const MAX_VALUE_LENGTH = 2048;

/** All fields, in the order received. */
function addHeaders(members: string[], member: string, headers: Headers | undefined): void {
  if (!headers) return;
  const fields = headers.fields.map(({ name, value }) => {
    const pair = { name: json(cut(name, MAX_NAME_LENGTH)), value: json(cut(value, MAX_VALUE_LENGTH)) };
    return `{"name":${pair.name},"value":${pair.value}}`;
  });
  members.push(`"${member}":[${fields.join(',')}]`);
}

function cut(bytes: Uint8Array, most: number): string {
  return latin1(bytes.subarray(0, most));
}

function add(members: string[], name: string, value: Uint8Array | undefined): void {
  if (value !== undefined) members.push(`"${name}":${json(latin1(value))}`);
}

function json(text: string): string {
  return JSON.stringify(printable(text));
}
