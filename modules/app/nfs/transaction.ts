/** A call with its reply, or all reads or all writes of a file. */
import type { FileChunks } from '../../../engine/files/file-chunks.js';
import type { InspectedBody } from '../../../engine/files/inspected-body.js';
import { TwoSidedTransaction } from '../../../engine/protocol.js';
import type { NfsCall } from './call.js';
import type { RpcCall } from './rpc.js';

export const STARTED = 0;
export const COMPLETE = 1;
export const EVENTS = [
  'malformed_data',
  'nonexistent_version',
  'unsupported_version',
  'too_many_transactions',
] as const;

/** The reads or writes of one file. */
export interface Transfer {
  readonly toServer: boolean;
  readonly body: InspectedBody;
  readonly fileChunks: FileChunks;
  chunks: number;
  lastXid: number;
  isLast: boolean;
  /** Total length of the file in bytes, if a reply gave it. */
  length: number | undefined;
}

export class NfsTransaction extends TwoSidedTransaction {
  transfer: Transfer | undefined;
  /** Handle of the file, if logged. */
  handle: Uint8Array | undefined;
  accepted = true;
  status = 0;

  constructor(
    id: number,
    /** Undefined if it is not a valid call. */
    readonly rpc: RpcCall | undefined,
    readonly call: NfsCall | undefined,
    readonly name: Uint8Array,
  ) {
    super(id);
  }
}
