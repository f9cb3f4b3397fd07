/** A call with its reply, or all reads or writes of a file. */
import type { FilePieces } from '../../../engine/files/file-pieces.js';
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

/** Reads or writes of one file. */
export interface Transfer {
  readonly toServer: boolean;
  readonly body: InspectedBody;
  readonly pieces: FilePieces;
  chunks: number;
  lastXid: number;
  isLast: boolean;
  /** Bytes of all of it, where a reply said so. */
  length: number | undefined;
}

export class NfsTransaction extends TwoSidedTransaction {
  transfer: Transfer | undefined;
  /** Of the file it is about, as it is told. */
  handle: Uint8Array | undefined;
  accepted = true;
  status = 0;

  constructor(
    id: number,
    /** Undefined for what is no call. */
    readonly rpc: RpcCall | undefined,
    readonly call: NfsCall | undefined,
    readonly name: Uint8Array,
  ) {
    super(id);
  }
}
