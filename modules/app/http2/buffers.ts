/** The sticky buffers of HTTP that also exist for streams. */
import { fileBuffers } from '../../../engine/files/file-keywords.js';
import { fromLatin1 } from '../../../engine/latin1.js';
import type { BufferDeclaration, Direction } from '../../../engine/protocol.js';
import { EMPTY } from '../http/bytes.js';
import { cached } from '../http/cached-buffers.js';
import { headerLine, headerLines, headerNames } from '../http/header-lines.js';
import type { Field } from './header-table.js';
import { COMPLETE, HEADERS_DONE, type Http2Transaction } from './transaction.js';

type Buffer_ = BufferDeclaration<Http2Transaction>;
type Get = (transaction: Http2Transaction, toServer: boolean) => Uint8Array | undefined;
type Names = Pick<Buffer_, 'modifier' | 'aliases'>;

const VERSION = fromLatin1('HTTP/2');
const BLANK = fromLatin1(' ');
const LINE_END = fromLatin1('\r\n');

/** A buffer of the header. */
function buffer(
  keyword: string,
  direction: Direction,
  summary: string,
  get: Get,
  names: Names = {},
): Buffer_ {
  return { keyword, direction, progress: HEADERS_DONE, summary, ...names, get };
}

function field(
  keyword: string,
  direction: Direction,
  name: string,
  summary: string,
  names: Names = {},
): Buffer_ {
  return buffer(keyword, direction, summary, (t, toServer) => t.message(toServer).value(name), names);
}

/** `http.accept_enc` also has the older form `http_accept_enc`. */
function older(keyword: string): Names {
  return { aliases: [keyword.replace('.', '_')] };
}

function requestLine({ request }: Http2Transaction): Uint8Array | undefined {
  const method = request.value(':method');
  const path = request.value(':path');
  return method && path && Buffer.concat([method, BLANK, path, BLANK, VERSION, LINE_END]);
}

function responseLine({ response }: Http2Transaction): Uint8Array | undefined {
  const status = response.value(':status');
  return status && Buffer.concat([VERSION, BLANK, status, LINE_END]);
}

/** Each field separately. @param toServer undefined: of both sides */
function each(
  keyword: string,
  direction: Direction,
  summary: string,
  of: (field: Field) => Uint8Array,
): Buffer_ {
  return {
    keyword,
    direction,
    progress: HEADERS_DONE,
    summary,
    multiple: true,
    get(transaction, toServer, index) {
      const found = transaction.message(toServer).fields[index];
      return found && of(found);
    },
  };
}

/** Its body, and the beginning of the reassembled file that it completes. */
function fileContents(
  transaction: Http2Transaction,
  toServer: boolean,
  index: number,
): Uint8Array | undefined {
  const { body, whole } = transaction.message(toServer);
  if (index === 0) return body?.store.view();
  return index === 1 ? whole : undefined;
}

/** Content that is inspected as it grows. */
function body(keyword: string, direction: Direction, summary: string, more: Partial<Buffer_>): Buffer_ {
  const get: Get = (transaction, toServer) => transaction.message(toServer).body?.store.view();
  return { keyword, direction, progress: COMPLETE, summary, growing: true, get, ...more };
}

export const BUFFERS: readonly Buffer_[] = cached<Http2Transaction>([
  buffer('http.request_line', 'to_server', 'Request line.', requestLine, older('http.request_line')),
  field('http.method', 'to_server', ':method', 'Method of the request.', { modifier: 'http_method' }),
  field('http.uri', 'to_server', ':path', 'Normalised URI.', { modifier: 'http_uri' }),
  field('http.uri.raw', 'to_server', ':path', 'URI as received.', { modifier: 'http_raw_uri' }),
  buffer('http.protocol', 'either', 'Protocol as written.', () => VERSION, older('http.protocol')),
  buffer('http.response_line', 'to_client', 'Status line.', responseLine, older('http.response_line')),
  field('http.stat_code', 'to_client', ':status', 'Status code.', { modifier: 'http_stat_code' }),
  // A response has no reason phrase, but rules may use the keyword.
  buffer('http.stat_msg', 'to_client', 'Reason phrase of the status line.', () => EMPTY, {
    modifier: 'http_stat_msg',
  }),
  buffer(
    'http.host',
    'to_server',
    'Normalised host name of the request, in lower case.',
    ({ host }) => host,
    {
      modifier: 'http_host',
    },
  ),
  buffer('http.host.raw', 'to_server', 'Host name of the request as received.', ({ rawHost }) => rawHost, {
    modifier: 'http_raw_host',
  }),
  buffer(
    'http.header',
    'either',
    'Header fields.',
    (t, toServer) => headerLines(t.message(toServer).fields),
    {
      modifier: 'http_header',
    },
  ),
  buffer('http.header.raw', 'either', 'Header.', (t, toServer) => headerLines(t.message(toServer).fields), {
    modifier: 'http_raw_header',
  }),
  buffer(
    'http.header_names',
    'either',
    'Names of the header fields.',
    (t, toServer) => headerNames(t.message(toServer).fields),
    older('http.header_names'),
  ),
  buffer(
    'http.cookie',
    'either',
    'Cookie header of a request, Set-Cookie header of a response.',
    (t, toServer) => t.message(toServer).value(toServer ? 'cookie' : 'set-cookie'),
    { modifier: 'http_cookie' },
  ),
  field('http.user_agent', 'to_server', 'user-agent', 'User-Agent header.', { modifier: 'http_user_agent' }),
  field('http.accept', 'to_server', 'accept', 'Accept header.', older('http.accept')),
  field(
    'http.accept_enc',
    'to_server',
    'accept-encoding',
    'Accept-Encoding header.',
    older('http.accept_enc'),
  ),
  field(
    'http.accept_lang',
    'to_server',
    'accept-language',
    'Accept-Language header.',
    older('http.accept_lang'),
  ),
  field('http.referer', 'to_server', 'referer', 'Referer header.', older('http.referer')),
  field('http.connection', 'either', 'connection', 'Connection header.', older('http.connection')),
  field('http.content_type', 'either', 'content-type', 'Content-Type header.', older('http.content_type')),
  field('http.content_len', 'either', 'content-length', 'Content-Length header.', older('http.content_len')),
  field('http.server', 'to_client', 'server', 'Server header.'),
  field('http.location', 'to_client', 'location', 'Location header.'),
  each('http.request_header', 'to_server', 'Each header field of the request, as name: value.', headerLine),
  each('http.response_header', 'to_client', 'Each header field of the response, as name: value.', headerLine),
  each('http2.header_name', 'either', 'Name of each header field.', ({ name }) => name),
  body('http.request_body', 'to_server', 'Body of the request.', { modifier: 'http_client_body' }),
  body('http.response_body', 'to_client', 'Body of the response, decoded.', { modifier: 'http_server_body' }),
  body('file.data', 'either', 'Content of files.', {
    aliases: ['file_data'],
    shared: true,
    multiple: true,
    get: fileContents,
  }),
  ...(fileBuffers({ direction: 'either', begun: HEADERS_DONE, closed: COMPLETE }) as Buffer_[]),
]);
