/** The parts of a request URI, and the form that signatures inspect. */

import { latin1 } from '../../../engine/latin1.js';
import { EMPTY, lowered } from './bytes.js';
import type { ServerSettings } from './server-settings.js';
import { decodeQuery, normalizePath } from './uri-decoding.js';

const HASH = 35;
const SLASH = 47;
const COLON = 58;
const QUESTION = 63;
const AT = 64;
const DOT = 46;
const OPEN = 91;
const CLOSE = 93;

export interface Uri {
  readonly scheme: Uint8Array | undefined;
  /** `user:password`. */
  readonly user: Uint8Array | undefined;
  readonly host: Host | undefined;
  readonly path: Uint8Array;
  /** Without the question mark. */
  readonly query: Uint8Array | undefined;
  readonly fragment: Uint8Array | undefined;
}

export interface Host {
  /** As received, with the port. */
  readonly raw: Uint8Array;
  /** Lower case, without trailing dots. */
  readonly name: Uint8Array;
  /** -1 without one. */
  readonly port: number;
  readonly validName: boolean;
  readonly validPort: boolean;
}

/** @param authorityOnly whether the whole is `host:port` (CONNECT) */
export function parseUri(raw: Uint8Array, authorityOnly: boolean): Uri {
  if (authorityOnly) {
    return {
      scheme: undefined,
      user: undefined,
      host: parseHost(raw),
      path: EMPTY,
      query: undefined,
      fragment: undefined,
    };
  }
  let at = 0;
  let scheme: Uint8Array | undefined;
  let user: Uint8Array | undefined;
  let host: Host | undefined;
  if (raw[0] !== SLASH) {
    const colon = raw.indexOf(COLON);
    if (colon >= 0) {
      scheme = raw.subarray(0, colon);
      at = colon + 1;
    }
  }
  if (scheme && raw[at] === SLASH && raw[at + 1] === SLASH && raw[at + 2] !== SLASH && at + 2 < raw.length) {
    const end = endOfAuthority(raw, at + 2);
    const sign = raw.subarray(at + 2, end).indexOf(AT);
    if (sign >= 0) user = raw.subarray(at + 2, at + 2 + sign);
    host = parseHost(raw.subarray(sign >= 0 ? at + 3 + sign : at + 2, end));
    at = end;
  }
  const hash = raw.indexOf(HASH, at);
  const behindPath = hash < 0 ? raw.length : hash;
  const question = raw.subarray(0, behindPath).indexOf(QUESTION, at);
  return {
    scheme,
    user,
    host,
    path: raw.subarray(at, question < 0 ? behindPath : question),
    query: question < 0 ? undefined : raw.subarray(question + 1, behindPath),
    fragment: hash < 0 ? undefined : raw.subarray(hash + 1),
  };
}

function endOfAuthority(raw: Uint8Array, from: number): number {
  for (let i = from; i < raw.length; i++) {
    const byte = raw[i];
    if (byte === SLASH || byte === QUESTION || byte === HASH) return i;
  }
  return raw.length;
}

/** `host`, `host:port`, `[address]:port`. */
export function parseHost(raw: Uint8Array): Host {
  const close = raw[0] === OPEN ? raw.indexOf(CLOSE) : -1;
  const colon = raw.indexOf(COLON, Math.max(0, close));
  const name = trimmedDots(lowered(trimmedBlanks(colon < 0 ? raw : raw.subarray(0, colon))));
  const port = colon < 0 ? -1 : portNumber(latin1(raw, colon + 1));
  return {
    raw,
    name,
    port: port === undefined ? -1 : port,
    validName: isHostname(name),
    validPort: port !== undefined,
  };
}

/** @returns undefined if it is not a port */
function portNumber(text: string): number | undefined {
  const trimmed = text.trim();
  const port = /^\d{1,5}$/.test(trimmed) ? Number(trimmed) : 0;
  return port >= 1 && port <= 65535 ? port : undefined;
}

function trimmedBlanks(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1]! <= 32) end--;
  return bytes.subarray(0, end);
}

function trimmedDots(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === DOT) end--;
  return bytes.subarray(0, end);
}

/** Labels of 1 to 63 letters, digits, hyphens and underscores, or an IPv6 address in brackets. */
function isHostname(name: Uint8Array): boolean {
  if (name.length === 0 || name.length > 255) return false;
  const text = latin1(name);
  if (text.startsWith('[')) return /^\[[0-9a-f:.]+\]$/.test(text);
  return text.split('.').every(label => /^[a-z0-9_-]{1,63}$/.test(label));
}

/** The URI as inspected by signatures; `doubled`: decoding it a second time changed it. */
export function normalizeUri(uri: Uri, settings: ServerSettings): { bytes: Uint8Array; doubled: boolean } {
  const path = normalizePath(uri.path, settings.uri);
  const query = uri.query && decodeQuery(uri.query, settings.uri, settings.plus);
  const path2 = settings.doublePath ? normalizePath(path, settings.uri) : path;
  const query2 = query && settings.doubleQuery ? decodeQuery(query, settings.uri, settings.plus) : query;
  const doubled = path2.length !== path.length || query2?.length !== query?.length;
  const parts: Uint8Array[] = [];
  if (settings.includeAll) parts.push(...leading(uri));
  parts.push(path2);
  if (query2) parts.push(QUESTION_MARK, query2);
  if (uri.fragment) parts.push(HASH_MARK, uri.fragment);
  return { bytes: parts.length === 1 ? path2 : Buffer.concat(parts), doubled };
}

const QUESTION_MARK = new Uint8Array([QUESTION]);
const HASH_MARK = new Uint8Array([HASH]);

function leading({ scheme, user, host }: Uri): Uint8Array[] {
  const parts: Uint8Array[] = [];
  if (scheme) parts.push(lowered(scheme), Buffer.from('://'));
  if (user) parts.push(user, Buffer.from('@'));
  if (host) parts.push(host.name);
  if (host && host.port >= 0) parts.push(Buffer.from(`:${host.port}`));
  return parts;
}
