/** The table of header fields shared by both sides of a connection (RFC 7541 2.3): a static and a dynamic part. */
import { fromLatin1 } from '../../../engine/latin1.js';

export interface Field {
  readonly name: Uint8Array;
  readonly value: Uint8Array;
}

/** RFC 7541 appendix A: names and values, one per line. */
const STATIC_FIELDS = `:authority
:method GET
:method POST
:path /
:path /index.html
:scheme http
:scheme https
:status 200
:status 204
:status 206
:status 304
:status 400
:status 404
:status 500
accept-charset
accept-encoding gzip, deflate
accept-language
accept-ranges
accept
access-control-allow-origin
age
allow
authorization
cache-control
content-disposition
content-encoding
content-language
content-length
content-location
content-range
content-type
cookie
date
etag
expect
expires
from
host
if-match
if-modified-since
if-none-match
if-range
if-unmodified-since
last-modified
link
location
max-forwards
proxy-authenticate
proxy-authorization
range
referer
refresh
retry-after
server
set-cookie
strict-transport-security
transfer-encoding
user-agent
vary
via
www-authenticate`;

const STATIC: readonly Field[] = STATIC_FIELDS.split('\n').map(line => {
  const blank = line.indexOf(' ');
  const [name, value] = blank < 0 ? [line, ''] : [line.slice(0, blank), line.slice(blank + 1)];
  return { name: fromLatin1(name), value: fromLatin1(value) };
});

/** Size of an entry in addition to its bytes (RFC 7541 4.1). */
const OVERHEAD = 32;
const DEFAULT_SIZE = 4096;

export class HeaderTable {
  /** Newest last. */
  private readonly dynamic: Field[] = [];
  private used = 0;
  private capacity: number;

  /** @param most maximum size in bytes to which the dynamic part may be set */
  constructor(private readonly most: number) {
    this.capacity = Math.min(DEFAULT_SIZE, most);
  }

  /** @param index from 1, as on the wire */
  at(index: number): Field | undefined {
    if (index <= STATIC.length) return STATIC[index - 1];
    return this.dynamic[this.dynamic.length - (index - STATIC.length)];
  }

  add(field: Field): void {
    this.dynamic.push(field);
    this.used += sizeOf(field);
    this.evict();
  }

  /** The sender changes the size. @returns false if it exceeds the maximum */
  resize(capacity: number): boolean {
    this.capacity = Math.min(capacity, this.most);
    this.evict();
    return capacity <= this.most;
  }

  private evict(): void {
    let gone = 0;
    while (this.used > this.capacity) this.used -= sizeOf(this.dynamic[gone++]!);
    if (gone > 0) this.dynamic.splice(0, gone);
  }
}

function sizeOf({ name, value }: Field): number {
  return name.length + value.length + OVERHEAD;
}
