/** The EVE record of a stream, or of a connection-level frame. */
import { latin1 } from '../../../engine/latin1.js';
import { bytesText } from '../../../engine/record/bytes-text.js';
import { isWord } from '../http/bytes.js';
import { ERROR_CODES, SETTING_NAMES } from './frame.js';
import { type BlockEntry, isField } from './header-block.js';
import type { Http2Transaction, Message } from './transaction.js';

type Json = Record<string, unknown>;

/** Members without braces; empty if nothing is logged. */
export function http2Record(transaction: Http2Transaction): string {
  const { request, response, stream } = transaction;
  const exchanges = [request, response].map(exchanged);
  if (stream === 0 && exchanges.every(each => Object.keys(each).length === 0)) return '';
  const record: Json = { version: '2' };
  if (request.entries.length > 0) record['request_headers'] = request.entries.map(entryJson);
  if (response.entries.length > 0) record['response_headers'] = response.entries.map(entryJson);
  Object.assign(record, wellKnown(transaction));
  record['http2'] = { stream_id: stream, request: exchanges[0], response: exchanges[1] };
  return `"http":${JSON.stringify(record)}`;
}

function entryJson(entry: BlockEntry): Json {
  if (!isField(entry)) return { table_size_update: entry.tableSize };
  return { name: text(entry.name), value: text(entry.value) };
}

/** Members shared with records of HTTP/1. */
function wellKnown({ request, response, rawHost }: Http2Transaction): Json {
  // Interim responses (RFC 9110 15.2) come before it.
  const status = response.fields.findLast(({ name }) => isWord(name, 0, name.length, ':status'))?.value;
  const length = response.value('content-length');
  return {
    ...member('http_method', request.value(':method')),
    ...member('url', request.value(':path')),
    ...member('hostname', rawHost),
    ...member('http_user_agent', request.value('user-agent')),
    ...(status && { status: Number.parseInt(latin1(status), 10) || 0 }),
    ...(length && { length: Number.parseInt(latin1(length), 10) || 0 }),
  };
}

function member(name: string, value: Uint8Array | undefined): Json {
  return value ? { [name]: text(value) } : {};
}

/** Settings, error and priority of one side. */
function exchanged({ settings, errors, priorities }: Message): Json {
  const json: Json = {};
  if (settings.length > 0)
    json['settings'] = settings.map(({ number, value }) => ({
      settings_id: nameOf(SETTING_NAMES[number - 1]) ?? `SETTINGSUNKNOWN${number}`,
      settings_value: value,
    }));
  if (errors.length > 0) json['error_code'] = nameOf(ERROR_CODES[errors[0]!]) ?? String(errors[0]);
  if (priorities.length > 0) json['priority'] = priorities[0];
  return json;
}

/** `SETTINGS_ENABLE_PUSH` is `SETTINGSENABLEPUSH` in records, `HTTP_1_1_REQUIRED` is `HTTP11REQUIRED`. */
function nameOf(name: string | undefined): string | undefined {
  return name?.replaceAll('_', '');
}

function text(bytes: Uint8Array): string {
  return bytesText(bytes);
}
