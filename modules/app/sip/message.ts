/** The head of a message: its first line and header fields (RFC 3261 7). */
import { latin1, trimAscii, trimAsciiEnd } from '../../../engine/latin1.js';

/** Header fields with a compact form (RFC 3261 7.3.3). */
const SHORT = new Map([
  ['c', 'content-type'],
  ['e', 'content-encoding'],
  ['f', 'from'],
  ['i', 'call-id'],
  ['k', 'supported'],
  ['l', 'content-length'],
  ['m', 'contact'],
  ['s', 'subject'],
  ['t', 'to'],
  ['v', 'via'],
]);
/** Maximum header fields kept per message. */
const MAX_FIELDS = 256;

export interface MessageHead {
  /** Without its line end; latin1, like all texts here. */
  readonly firstLine: string;
  /** Bytes of the first line with its line end, and of the header fields with theirs, without the empty line. */
  readonly firstLength: number;
  readonly fieldsLength: number;
  readonly request?: { readonly method: string; readonly uri: string };
  readonly response?: { readonly code: string; readonly reason: string };
  readonly version: string;
  /** Values by lower-case name, in the long form. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
}

/**
 * @param bytes the first line, header fields and the empty line
 * @returns undefined if it is not a message
 */
export function parseHead(bytes: Uint8Array): MessageHead | undefined {
  const text = latin1(bytes);
  const firstLength = text.indexOf('\n') + 1;
  const firstLine = text.slice(0, firstLength).replace(/\r?\n$/, '');
  const first = parseFirstLine(firstLine);
  if (!first) return undefined;
  const rest = text.slice(firstLength).replace(/\r?\n$/, '');
  const fields = parseFields(rest);
  return fields && { ...first, firstLine, firstLength, fieldsLength: rest.length, fields };
}

function parseFirstLine(line: string): Pick<MessageHead, 'request' | 'response' | 'version'> | undefined {
  const response = /^(SIP\/\d+\.\d+) (\d{3})(?: (.*))?$/.exec(line);
  if (response) return { version: response[1]!, response: { code: response[2]!, reason: response[3] ?? '' } };
  const request = /^([!%'*+\-.\w`~]+) ([^\t-\r ]+) (SIP\/\d+\.\d+)$/.exec(line);
  return request ? { version: request[3]!, request: { method: request[1]!, uri: request[2]! } } : undefined;
}

function parseFields(text: string): Map<string, string[]> | undefined {
  const fields = new Map<string, string[]>();
  let count = 0;
  // A line that begins with a blank continues the value before it.
  for (const line of text.replace(/\r?\n[ \t]+/g, ' ').split('\n')) {
    if (line === '' || line === '\r') continue;
    const colon = line.indexOf(':');
    if (colon <= 0) return undefined;
    if (++count > MAX_FIELDS) break;
    const word = trimAsciiEnd(line.slice(0, colon)).toLowerCase();
    const name = SHORT.get(word) ?? word;
    const value = trimAscii(line.slice(colon + 1));
    const values = fields.get(name);
    if (values) values.push(value);
    else fields.set(name, [value]);
  }
  return fields;
}

/** Length of its body in bytes, undefined if not given. */
export function contentLength({ fields }: MessageHead): number | undefined {
  const value = fields.get('content-length')?.[0];
  return value !== undefined && /^\d{1,10}$/.test(value) ? Number(value) : undefined;
}

export function carriesSdp({ fields }: MessageHead): boolean {
  return /^application\/sdp\s*(;|$)/i.test(fields.get('content-type')?.[0] ?? '');
}
