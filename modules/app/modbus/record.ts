/** The EVE record of a request with its response. */
import { uint16 } from '../../../engine/packet/network-order.js';
import { bytesText } from '../../../engine/record/bytes-text.js';
import {
  categoryOf,
  DIAGNOSTIC,
  DIAGNOSTICS,
  EXCEPTIONS,
  FUNCTIONS,
  MEI,
  MEI_TYPES,
} from './function-code.js';
import type { ModbusMessage, Problem } from './message.js';
import type { ModbusTransaction } from './transaction.js';

const CATEGORIES = {
  assigned: 'PUBLIC_ASSIGNED',
  unassigned: 'PUBLIC_UNASSIGNED',
  user: 'USER_DEFINED',
  reserved: 'RESERVED',
} as const;
const ERRORS: Readonly<Record<Problem, string>> = {
  invalid_protocol_id: 'PROTO_ID',
  invalid_length: 'DATA_LENGTH',
  invalid_function_code: 'FUNC_CODE',
  invalid_value: 'DATA_VALUE',
  invalid_exception_code: 'EXC_CODE',
};

export function modbusRecord({ id, request, response }: ModbusTransaction): string {
  const members = {
    id: id + 1,
    ...(request && { request: messageJson(request) }),
    ...(response && { response: messageJson(response) }),
  };
  return request || response ? `"modbus":${JSON.stringify(members)}` : '';
}

function messageJson(message: ModbusMessage): object {
  const { code, sub, exception, read, write, mask, data } = message;
  const category = categoryOf(message.raw, sub);
  const known = FUNCTIONS[code];
  const isSub = code === DIAGNOSTIC || code === MEI;
  return {
    transaction_id: message.transactionId,
    protocol_id: message.protocolId,
    unit_id: message.unit,
    function_raw: message.raw,
    function_code: known?.name ?? 'Unknown',
    access_type: known?.access ?? 'NONE',
    category: category ? CATEGORIES[category] : 'NONE',
    error_flags: message.problem ? ERRORS[message.problem] : 'NONE',
    ...(exception !== undefined && {
      exception: { raw: exception, code: EXCEPTIONS[exception] ?? 'Unknown' },
    }),
    ...(code === DIAGNOSTIC &&
      sub !== undefined && { diagnostic: subJson(sub, DIAGNOSTICS, 'Reserved', data) }),
    ...(code === MEI && sub !== undefined && { mei: subJson(sub, MEI_TYPES, 'Unknown', data) }),
    ...(read && { read: spanJson(read) }),
    ...(write && { write: { ...writeJson(write), ...(mask && { and_mask: mask.and, or_mask: mask.or }) } }),
    ...(data && !isSub && { data: bytesText(data) }),
  };
}

function subJson(
  raw: number,
  names: Readonly<Record<number, string>>,
  other: string,
  data: Uint8Array | undefined,
): object {
  return { raw, code: names[raw] ?? other, ...(data && { data: bytesText(data) }) };
}

/** A single value, or the number of values written, is logged as a number; several values as bytes. */
function writeJson(write: NonNullable<ModbusMessage['write']>): object {
  const { address, quantity, data } = write;
  if (quantity !== undefined && data) return spanJson(write);
  const value = data ? uint16(data, 0) : quantity;
  return { address, ...(value !== undefined && { data: value }) };
}

function spanJson({
  address,
  quantity,
  data,
}: {
  address?: number;
  quantity?: number;
  data?: Uint8Array;
}): object {
  return {
    ...(address !== undefined && { address }),
    ...(quantity !== undefined && { quantity }),
    ...(data && { data: bytesText(data) }),
  };
}
