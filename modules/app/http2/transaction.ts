/** A stream with its request and response, or one connection-level frame. */
import type { InspectedBody } from '../../../engine/files/inspected-body.js';
import { TwoSidedTransaction } from '../../../engine/protocol.js';
import type { Message as DnsMessage } from '../dns/message.js';
import { EMPTY, lowered } from '../http/bytes.js';
import type { Setting } from './frame.js';
import { type BlockEntry, fieldValue, isField, sizeOf } from './header-block.js';
import type { Field } from './header-table.js';
import type { Http2Settings } from './settings.js';

/** Names of the progress states: what is complete. */
export const PROGRESS_TO_SERVER = [
  'request_started',
  'request_headers',
  'request_data',
  'request_complete',
] as const;
export const PROGRESS_TO_CLIENT = [
  'response_started',
  'response_headers',
  'response_data',
  'response_complete',
] as const;
export const HEADERS_DONE = 1;
export const DATA_DONE = 2;
export const COMPLETE = 3;

/** Frames, windows … of one direction that are recorded. */
const MAX_RECORDED = 256;

/** Bytes of a message's fields that are kept. */
const MAX_FIELD_BYTES = 1 << 20;

/** What one side sends in a stream. */
export class Message {
  /** Types of its frames. */
  readonly frames: number[] = [];
  readonly windows: number[] = [];
  readonly priorities: number[] = [];
  readonly errors: number[] = [];
  readonly settings: Setting[] = [];
  /** Fields of its header blocks and size updates of the table, in the order received. */
  readonly entries: BlockEntry[] = [];
  readonly fields: Field[] = [];
  body: InspectedBody | undefined;
  /** The beginning of the file, if its body is a range that completes it. */
  whole: Uint8Array | undefined;
  /** The DNS message that it carries (RFC 8484). */
  dns: DnsMessage | undefined;
  /** Bytes left for further fields. */
  fieldBytesLeft = MAX_FIELD_BYTES;

  note(list: number[], value: number): void {
    if (list.length < MAX_RECORDED) list.push(value);
  }

  storeSettings(settings: readonly Setting[]): void {
    this.settings.push(...settings.slice(0, MAX_RECORDED - this.settings.length));
  }

  addBlock(entries: readonly BlockEntry[]): void {
    for (const entry of entries) {
      this.fieldBytesLeft -= sizeOf(entry);
      this.entries.push(entry);
      if (isField(entry)) this.fields.push(entry);
    }
  }

  get tableSizes(): number[] {
    return this.entries.flatMap(entry => (isField(entry) ? [] : [entry.tableSize]));
  }

  /** The value of a field; repeated ones are joined by `, `. @param name in lower case */
  value(name: string): Uint8Array | undefined {
    return fieldValue(this.fields, name);
  }
}

export class Http2Transaction extends TwoSidedTransaction {
  loggedEvents?: number;
  readonly request = new Message();
  readonly response = new Message();
  /** See `BufferCache` of HTTP. */
  readonly views: (Uint8Array | null | undefined)[] = [];

  /** Number of header blocks of the response after the first. */
  responseRestarts = 0;

  /** @param stream 0: the connection as a whole */
  constructor(
    id: number,
    readonly stream: number,
    readonly settings: Http2Settings,
  ) {
    super(id);
  }

  message(toServer: boolean): Message {
    return toServer ? this.request : this.response;
  }

  /** Requested host, as received. */
  get rawHost(): Uint8Array | undefined {
    return this.request.value(':authority') ?? this.request.value('host');
  }

  /** Requested host in lower case, without user and port. */
  get host(): Uint8Array | undefined {
    const raw = this.rawHost;
    if (!raw) return undefined;
    const host = raw.subarray(raw.lastIndexOf(AT) + 1);
    const from = host[0] === BRACKET ? Math.max(0, host.indexOf(BRACKET + 2)) : 0;
    const colon = host.indexOf(COLON, from);
    return lowered(colon < 0 ? host : host.subarray(0, colon));
  }

  get path(): Uint8Array {
    return this.request.value(':path') ?? EMPTY;
  }
}

export const AT = 0x40;
const COLON = 0x3a;
const BRACKET = 0x5b;
