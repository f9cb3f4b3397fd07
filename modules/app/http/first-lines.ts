/** Request line and status line (RFC 9112 3, 4), parsed as servers and browsers do. */

import { latin1 } from '../../../engine/latin1.js';
import { isSpace, SPACE } from './bytes.js';
import type { HttpEvent } from './events.js';
import { HTTP_0_9, HTTP_1_0, HTTP_1_1, HTTP_UNKNOWN, type Request, type Response } from './transaction.js';

type Report = (event: HttpEvent) => void;

/** @param line without its end; it stays valid */
export function parseRequestLine(line: Uint8Array, request: Request, report: Report): void {
  let at = 0;
  while (at < line.length && isSpace(line[at])) at++;
  if (at > 0) report('request_line_leading_whitespace');
  const method = at;
  while (at < line.length && !isSpace(line[at])) at++;
  request.method = line.subarray(method, at);
  at = skipSpace(line, at, () => report('method_delim_non_compliant'));
  request.line = line;
  if (at === line.length) {
    request.version = HTTP_0_9;
    report('request_line_incomplete');
    return;
  }
  const end = endOfUri(line, at);
  request.rawUri = line.subarray(at, end);
  if (end === line.length) {
    request.version = HTTP_0_9;
    return;
  }
  const protocol = skipSpace(line, end, () => report('uri_delim_non_compliant'));
  const last = trimmedEnd(line);
  if (protocol >= last) {
    request.version = HTTP_0_9;
    return;
  }
  request.protocol = line.subarray(protocol, last);
  request.version = versionOf(request.protocol);
}

/** Spaces belong to the URI, except those before the protocol. */
function endOfUri(line: Uint8Array, from: number): number {
  const last = trimmedEnd(line);
  let at = last;
  while (at > from && !isSpace(line[at - 1])) at--;
  // `at` is the start of the last word; if no word follows the URI, there is no protocol.
  if (at <= from) return last;
  if (!looksLikeProtocol(line, at)) {
    const first = nextSpace(line, from);
    // `GET /a b`: HTTP/0.9 with a space in its URI, unless a protocol follows the first one.
    return looksLikeProtocol(
      line,
      skipSpace(line, first, () => {}),
    )
      ? first
      : last;
  }
  while (at > from && isSpace(line[at - 1])) at--;
  return at;
}

function nextSpace(line: Uint8Array, from: number): number {
  let at = from;
  while (at < line.length && !isSpace(line[at])) at++;
  return at;
}

function trimmedEnd(line: Uint8Array): number {
  let end = line.length;
  while (end > 0 && isSpace(line[end - 1])) end--;
  return end;
}

function looksLikeProtocol(line: Uint8Array, at: number): boolean {
  return latin1(line, at, Math.min(at + 4, line.length)).toUpperCase() === 'HTTP';
}

/** @param odd called if the separator is not a single space */
function skipSpace(line: Uint8Array, from: number, odd: () => void): number {
  let at = from;
  let other = false;
  while (at < line.length && isSpace(line[at])) {
    if (line[at] !== SPACE) other = true;
    at++;
  }
  if (other) odd();
  return at;
}

/** `HTTP/1.1`, also in lower case and surrounded by blanks. */
export function versionOf(protocol: Uint8Array): number {
  const match = /^\s*http\s*\/\s*0*(\d)\.(\d)\s*$/i.exec(latin1(protocol));
  switch (match && `${match[1]}.${match[2]}`) {
    case '0.9':
      return HTTP_0_9;
    case '1.0':
      return HTTP_1_0;
    case '1.1':
      return HTTP_1_1;
    default:
      return HTTP_UNKNOWN;
  }
}

/** @param line without its end; it stays valid */
export function parseStatusLine(line: Uint8Array, response: Response, report: Report): void {
  let at = 0;
  while (at < line.length && isSpace(line[at])) at++;
  const protocol = at;
  at = nextSpace(line, at);
  response.line = line;
  response.protocol = line.subarray(protocol, at);
  response.version = versionOf(response.protocol);
  if (response.version === HTTP_UNKNOWN) report('response_invalid_protocol');
  at = skipSpace(line, at, () => {});
  const status = at;
  at = nextSpace(line, at);
  response.statusText = line.subarray(status, at);
  response.status = statusOf(response.statusText);
  if (response.status < 0) report('response_invalid_status');
  at = skipSpace(line, at, () => {});
  response.message = line.subarray(at);
}

function statusOf(text: Uint8Array): number {
  const number = /^\d{1,4}$/.test(latin1(text)) ? Number(latin1(text)) : -1;
  return number >= 100 && number <= 999 ? number : -1;
}

/** A line that does not begin with HTTP, which browsers treat as the body. */
export function isNoStatusLine(line: Uint8Array): boolean {
  let at = 0;
  while (at < line.length && (isSpace(line[at]) || line[at] === 0)) at++;
  return !looksLikeProtocol(line, at);
}

const METHODS = new Set(
  (
    'GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK ' +
    'VERSION-CONTROL CHECKOUT UNCHECKOUT CHECKIN UPDATE LABEL REPORT MKWORKSPACE MKACTIVITY BASELINE-CONTROL MERGE'
  ).split(' '),
);

/** Whether it is a registered method. */
export function isMethod(bytes: Uint8Array): boolean {
  return bytes.length <= 16 && METHODS.has(latin1(bytes));
}
