/** The sticky buffers of HTTP. */
import { fileBuffers, fileData } from '../../../engine/files/file-keywords.js';
import { latin1 } from '../../../engine/latin1.js';
import type { BufferDeclaration, Direction } from '../../../engine/protocol.js';
import { isWord } from './bytes.js';
import { cached } from './cached-buffers.js';
import { headerLine, headerLines, headerNames, messageHead } from './header-lines.js';
import type { Field } from './headers.js';
import { BODY, COMPLETE, HEADERS, type HttpTransaction, LINE } from './transaction.js';
import { normalizeUri } from './uri.js';

type Get = (transaction: HttpTransaction, toServer: boolean) => Uint8Array | undefined;

interface Names {
  readonly modifier?: string;
  readonly aliases?: readonly string[];
}

function buffer(
  keyword: string,
  direction: Direction,
  progress: number,
  summary: string,
  get: Get,
  names: Names = {},
): BufferDeclaration<HttpTransaction> {
  return { keyword, direction, progress, summary, ...names, get };
}

/** The value of one header field. */
function field(
  keyword: string,
  direction: Direction,
  name: string,
  summary: string,
  names: Names = {},
): BufferDeclaration<HttpTransaction> {
  const get: Get = (transaction, toServer) => transaction.message(toServer).headers?.value(name);
  return buffer(keyword, direction, HEADERS, summary, get, names);
}

const COOKIES = ['cookie', 'set-cookie'];

function isCookie({ name }: Field): boolean {
  return COOKIES.some(cookie => isWord(name, 0, name.length, cookie));
}

/** `Name: value` lines, without cookies. */
function normalHeaders(transaction: HttpTransaction, toServer: boolean): Uint8Array | undefined {
  const fields = transaction.message(toServer).headers?.fields;
  return fields && headerLines(fields.some(isCookie) ? fields.filter(each => !isCookie(each)) : fields);
}

function namesOfFields(transaction: HttpTransaction, toServer: boolean): Uint8Array | undefined {
  const fields = transaction.message(toServer).headers?.fields;
  return fields && headerNames(fields);
}

/** First line and header fields as one text. */
function start(transaction: HttpTransaction, toServer: boolean): Uint8Array | undefined {
  const { line, headers } = transaction.message(toServer);
  return line && headers && messageHead(line, headers.fields);
}

function uri({ request, server }: HttpTransaction): Uint8Array | undefined {
  return request.uri ? normalizeUri(request.uri, server).bytes : request.rawUri;
}

function rawHost({ request }: HttpTransaction): Uint8Array | undefined {
  return request.uri?.host?.raw ?? request.headers?.value('host');
}

/** `Name: value` of each field. */
function eachField(keyword: string, toServer: boolean, summary: string): BufferDeclaration<HttpTransaction> {
  return {
    keyword,
    direction: toServer ? 'to_server' : 'to_client',
    progress: HEADERS,
    summary,
    multiple: true,
    get(transaction, _, index) {
      const each = transaction.message(toServer).headers?.fields[index];
      return each && headerLine(each);
    },
  };
}

function body(
  keyword: string,
  direction: Direction,
  summary: string,
  get: Get,
  names: Names = {},
): BufferDeclaration<HttpTransaction> {
  return { keyword, direction, progress: BODY, summary, growing: true, ...names, get };
}

const bodyBytes: Get = (transaction, toServer) => transaction.message(toServer).body?.store.view();

/** Contents of files: the body of a response, of a request, or each file of a form separately. */
const contentsOf: BufferDeclaration<HttpTransaction>['get'] = (transaction, toServer, index) => {
  const form = toServer ? transaction.request.multipart : undefined;
  if (form) return form[index]?.view();
  return index === 0 ? bodyBytes(transaction, toServer) : undefined;
};

export const BUFFERS: readonly BufferDeclaration<HttpTransaction>[] = cached<HttpTransaction>([
  buffer('http.request_line', 'to_server', LINE, 'Request line.', ({ request }) => request.line, {
    aliases: ['http_request_line'],
  }),
  buffer('http.method', 'to_server', LINE, 'Method of the request.', ({ request }) => request.method, {
    modifier: 'http_method',
  }),
  buffer('http.uri', 'to_server', LINE, 'Normalised URI.', uri, { modifier: 'http_uri' }),
  buffer('http.uri.raw', 'to_server', LINE, 'URI as received.', ({ request }) => request.rawUri, {
    modifier: 'http_raw_uri',
  }),
  buffer(
    'http.protocol',
    'either',
    LINE,
    'Protocol version as received, such as HTTP/1.1.',
    (transaction, toServer) => transaction.message(toServer).protocol,
    { aliases: ['http_protocol'] },
  ),
  buffer('http.response_line', 'to_client', LINE, 'Status line.', ({ response }) => response.line, {
    aliases: ['http_response_line'],
  }),
  buffer('http.stat_code', 'to_client', LINE, 'Status code.', ({ response }) => response.statusText, {
    modifier: 'http_stat_code',
  }),
  buffer(
    'http.stat_msg',
    'to_client',
    LINE,
    'Reason phrase of the status line.',
    ({ response }) => response.message,
    {
      modifier: 'http_stat_msg',
    },
  ),
  buffer(
    'http.host',
    'to_server',
    HEADERS,
    'Normalised host name of the request, in lower case.',
    ({ request }) => request.hostname,
    {
      modifier: 'http_host',
    },
  ),
  buffer('http.host.raw', 'to_server', HEADERS, 'Host name of the request as received.', rawHost, {
    modifier: 'http_raw_host',
  }),
  buffer('http.header', 'either', HEADERS, 'Normalised header fields without cookies.', normalHeaders, {
    modifier: 'http_header',
  }),
  buffer(
    'http.header.raw',
    'either',
    HEADERS,
    'Header fields as received.',
    (transaction, toServer) => transaction.message(toServer).headers?.rawBytes,
    { modifier: 'http_raw_header' },
  ),
  buffer('http.header_names', 'either', HEADERS, 'Names of the header fields.', namesOfFields, {
    aliases: ['http_header_names'],
  }),
  buffer('http.start', 'either', HEADERS, 'First line and header fields.', start, {
    aliases: ['http_start'],
  }),
  buffer(
    'http.cookie',
    'either',
    HEADERS,
    'Cookie header of a request, Set-Cookie header of a response.',
    (transaction, toServer) =>
      transaction.message(toServer).headers?.value(toServer ? 'cookie' : 'set-cookie'),
    { modifier: 'http_cookie' },
  ),
  field('http.user_agent', 'to_server', 'user-agent', 'User-Agent header.', { modifier: 'http_user_agent' }),
  field('http.accept', 'to_server', 'accept', 'Accept header.', { aliases: ['http_accept'] }),
  field('http.accept_enc', 'to_server', 'accept-encoding', 'Accept-Encoding header.', {
    aliases: ['http_accept_enc'],
  }),
  field('http.accept_lang', 'to_server', 'accept-language', 'Accept-Language header.', {
    aliases: ['http_accept_lang'],
  }),
  field('http.referer', 'to_server', 'referer', 'Referer header.', { aliases: ['http_referer'] }),
  field('http.connection', 'either', 'connection', 'Connection header.', { aliases: ['http_connection'] }),
  field('http.content_type', 'either', 'content-type', 'Content-Type header.', {
    aliases: ['http_content_type'],
  }),
  field('http.content_len', 'either', 'content-length', 'Content-Length header.', {
    aliases: ['http_content_len'],
  }),
  field('http.server', 'to_client', 'server', 'Server header.'),
  field('http.location', 'to_client', 'location', 'Location header.'),
  eachField('http.request_header', true, 'Each header field of the request, as name: value.'),
  eachField('http.response_header', false, 'Each header field of the response, as name: value.'),
  body('http.request_body', 'to_server', 'Body of the request.', bodyBytes, { modifier: 'http_client_body' }),
  body('http.response_body', 'to_client', 'Body of the response, decoded.', bodyBytes, {
    modifier: 'http_server_body',
  }),
  { ...fileData(BODY, contentsOf), multiple: true },
  ...(fileBuffers({
    direction: 'either',
    begun: BODY,
    closed: COMPLETE,
  }) as BufferDeclaration<HttpTransaction>[]),
]);

/** For `urilen`: length of the URI in bytes. */
export function uriLength(transaction: HttpTransaction, raw: boolean): number | undefined {
  const bytes = raw ? transaction.request.rawUri : uri(transaction);
  return bytes?.length;
}

export function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes && latin1(bytes);
}
