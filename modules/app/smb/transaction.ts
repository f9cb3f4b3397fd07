/** One request with its response, or one file transfer. */
import type { InspectedBody } from '../../../engine/files/inspected-body.js';
import { TwoSidedTransaction } from '../../../engine/protocol.js';
import type { Call } from '../dcerpc/call.js';
import type { NtlmAnswer } from './ntlm.js';

export const COMPLETE = 1;

export const EVENTS = [
  'internal_error',
  'malformed_data',
  'record_overflow',
  'malformed_ntlmssp_request',
  'malformed_ntlmssp_response',
  'duplicate_negotiate',
  'negotiate_malformed_dialects',
  'file_overlap',
  'request_to_client',
  'response_to_server',
  'negotiate_max_read_size_too_large',
  'negotiate_max_write_size_too_large',
  'read_request_too_large',
  'read_response_too_large',
  'read_queue_size_exceeded',
  'read_queue_cnt_exceeded',
  'write_request_too_large',
  'write_queue_size_exceeded',
  'write_queue_cnt_exceeded',
  'unusual_ntlmssp_order',
  'too_many_transactions',
] as const;

export type SmbEvent = (typeof EVENTS)[number];

/** Kinds of records, by their names in `types` of the output. */
export type Kind =
  | 'file'
  | 'tree_connect'
  | 'negotiate'
  | 'dcerpc'
  | 'create'
  | 'session_setup'
  | 'ioctl'
  | 'rename'
  | 'set_file_path_info'
  | 'generic';

export interface TreeConnect {
  readonly share: string;
  isPipe: boolean;
  shareType?: string;
  /** Service of SMB1: requested, and returned. */
  service?: { request: string; response?: string };
}

export interface Create {
  readonly filename: string;
  readonly isDirectory: boolean;
  readonly disposition: number;
  readonly deleteOnClose: boolean;
  created: number;
  accessed: number;
  modified: number;
  changed: number;
  size: number;
  fuid: string | undefined;
}

export interface Negotiate {
  clientDialects: readonly string[];
  clientGuid?: string;
  serverGuid?: string;
  maxReadSize?: number;
  maxWriteSize?: number;
}

export interface SessionSetup {
  ntlm?: NtlmAnswer;
  kerberos?: { realm: string; snames: readonly string[] };
  request?: { native_os: string; native_lm: string };
  response?: { native_os: string; native_lm: string };
}

/** A change of the attributes of a file, usually its deletion. */
export interface FileInfo {
  readonly filename: string;
  readonly fuid: string | undefined;
  readonly deleteOnClose: boolean;
  readonly class: string;
  readonly level: string;
}

/** Details of a transaction besides its command. */
export interface Detail {
  negotiate?: Negotiate;
  setup?: SessionSetup;
  tree?: TreeConnect;
  create?: Create;
  rename?: { readonly from: string; readonly to: string; readonly fuid?: string };
  fileInfo?: FileInfo;
  ioctl?: string;
  file?: { readonly name: string; readonly fuid: string; readonly share: string };
  call?: Call;
}

export class SmbTransaction extends TwoSidedTransaction {
  loggedEvents?: number;
  sessionId = 0n;
  treeId = 0;
  /** NT status, or `dos` class and code; undefined before the response. */
  status: number | undefined;
  isDosStatus = false;
  /** It only carries an event. */
  silent = false;
  readonly detail: Detail = {};
  /** Contents of its file, in the direction of the transfer. */
  body: InspectedBody | undefined;
  bodyToServer = false;

  constructor(
    id: number,
    /** 1 or 2, as in `smb.version`. */
    readonly version: number,
    readonly command: number,
    readonly kind: Kind,
    /** Dialect of the connection, if known. */
    public dialect: string,
  ) {
    super(id);
  }
}
