/** One request with its response. */
import type { GrowingBytes } from '../../../engine/application/growing-bytes.js';
import type { InspectedBody } from '../../../engine/files/inspected-body.js';
import type { Frame } from '../../../engine/frames/frame.js';
import { TwoSidedTransaction } from '../../../engine/protocol.js';
import { EMPTY } from './bytes.js';
import type { Headers } from './headers.js';
import type { ServerSettings } from './server-settings.js';
import type { HttpSettings } from './settings.js';
import type { Uri } from './uri.js';

/** Names of the progress states: what is complete. */
export const PROGRESS_TO_SERVER = [
  'request_started',
  'request_line',
  'request_headers',
  'request_body',
  'request_trailer',
  'request_complete',
] as const;
export const PROGRESS_TO_CLIENT = [
  'response_started',
  'response_line',
  'response_headers',
  'response_body',
  'response_trailer',
  'response_complete',
] as const;

export const LINE = 1;
export const HEADERS = 2;
export const BODY = 3;
export const TRAILER = 4;
export const COMPLETE = 5;

/** Versions of the protocol. */
export const HTTP_UNKNOWN = -1;
export const HTTP_0_9 = 9;
export const HTTP_1_0 = 100;
export const HTTP_1_1 = 101;

/** Members common to request and response. */
export class Message {
  /** First line without its line end. */
  line: Uint8Array | undefined;
  /** As received: `HTTP/1.1`. */
  protocol: Uint8Array | undefined;
  version = HTTP_UNKNOWN;
  headers: Headers | undefined;
  /** After a chunked body. */
  trailers: Headers | undefined;
  body: InspectedBody | undefined;
  /** The whole message; only if frames are inspected. */
  frame: Frame | undefined;
}

export class Request extends Message {
  method: Uint8Array = EMPTY;
  /** As received. */
  rawUri: Uint8Array | undefined;
  uri: Uri | undefined;
  /** Requested host, normalised, and its port; -1 without one. */
  hostname: Uint8Array | undefined;
  port = -1;
  /** Contents of each file of a form; undefined for other bodies. */
  multipart: GrowingBytes[] | undefined;
}

export class Response extends Message {
  /** As received, and as a number; -1 if invalid. */
  statusText: Uint8Array | undefined;
  status = -1;
  message: Uint8Array | undefined;
}

export class HttpTransaction extends TwoSidedTransaction {
  loggedEvents?: number;
  readonly request = new Request();
  readonly response = new Response();
  /** See `BufferCache`. */
  readonly views: (Uint8Array | null | undefined)[] = [];
  /** The response has begun. */
  answered = false;
  /** Number of interim responses, such as `100 Continue`, before the final one. */
  responseRestarts = 0;

  constructor(
    id: number,
    readonly settings: HttpSettings,
    readonly server: ServerSettings,
  ) {
    super(id);
  }

  message(toServer: boolean): Request | Response {
    return toServer ? this.request : this.response;
  }
}
