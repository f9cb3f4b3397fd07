/** A request with its response, and its EVE record. */

import { latin1 } from '../../../engine/latin1.js';
import { TwoSidedTransaction } from '../../../engine/protocol.js';
import { latin1Text } from '../../../engine/record/bytes-text.js';
import type { PgsqlSettings } from './settings.js';

export const COMPLETE = 1;
export const EVENTS = [
  'invalid_length',
  'malformed_request',
  'malformed_response',
  'too_many_transactions',
] as const;

/** Contents of a message: members of the record, texts as latin1. */
export type Members = Record<string, unknown>;

/** Counts of data messages that were skipped. */
export interface Tally {
  count: number;
  bytes: number;
}

export class PgsqlTransaction extends TwoSidedTransaction {
  readonly request: Members = {};
  readonly response: Members = {};
  /** Text of a simple query. */
  query: Uint8Array | undefined;
  password: string | undefined;
  readonly parameters: Members[] = [];
  readonly rows: Tally = { count: 0, bytes: 0 };
  readonly copiedIn: Tally = { count: 0, bytes: 0 };
  readonly copiedOut: Tally = { count: 0, bytes: 0 };

  constructor(
    id: number,
    readonly settings: PgsqlSettings,
  ) {
    super(id);
  }
}

export function pgsqlRecord(transaction: PgsqlTransaction): string {
  const request = requestOf(transaction);
  const response = responseOf(transaction);
  const members = {
    tx_id: transaction.id + 1,
    ...(Object.keys(request).length > 0 && { request }),
    ...(Object.keys(response).length > 0 && { response }),
  };
  return `"pgsql":${JSON.stringify(members, (_, value) => (typeof value === 'string' ? latin1Text(value) : value))}`;
}

function requestOf({ request, query, password, copiedIn, settings }: PgsqlTransaction): Members {
  return {
    ...(query && { simple_query: latin1(query) }),
    ...(password !== undefined && (settings.passwords ? { password } : { password_redacted: true })),
    ...(copiedIn.count > 0 && {
      copy_data_in: { msg_count: copiedIn.count, data_size: copiedIn.bytes },
    }),
    ...request,
  };
}

function responseOf({ response, parameters, rows, copiedOut }: PgsqlTransaction): Members {
  return {
    ...response,
    ...(parameters.length > 0 && { parameter_status: parameters }),
    ...(rows.count > 0 && { data_rows: rows.count, data_size: rows.bytes }),
    ...(copiedOut.count > 0 && {
      copy_data_out: { row_count: copiedOut.count, data_size: copiedOut.bytes },
    }),
  };
}
