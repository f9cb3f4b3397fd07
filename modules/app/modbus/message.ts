/** Messages: a header, a function code and its data (Modbus Application Protocol 4.1 and 6). */
import { uint16 } from '../../../engine/packet/network-order.js';
import { DIAGNOSTIC, EXCEPTION, EXCEPTIONS, FUNCTIONS, MEI } from './function-code.js';

/** Length of the header, including the unit, in bytes. */
export const HEADER_LENGTH = 7;
/** Maximum value of the length field, including the unit. */
export const MAX_LENGTH = 254;
/** Maximum quantities that can be requested (Messaging on TCP/IP 4.4). */
const MAX_COILS = 2000;
const MAX_REGISTERS = 125;

export type Problem =
  | 'invalid_protocol_id'
  | 'invalid_length'
  | 'invalid_function_code'
  | 'invalid_value'
  | 'invalid_exception_code';

export interface ModbusMessage {
  readonly transactionId: number;
  readonly protocolId: number;
  readonly unit: number;
  /** As in the message, with the exception bit. */
  readonly raw: number;
  readonly code: number;
  readonly exception?: number;
  /** Subfunction of a diagnostic, type of encapsulated transport. */
  readonly sub?: number;
  readonly read?: { readonly address?: number; readonly quantity?: number; readonly data?: Uint8Array };
  readonly write?: { readonly address: number; readonly quantity?: number; readonly data?: Uint8Array };
  readonly mask?: { readonly and: number; readonly or: number };
  /** Data not described by the other members. */
  readonly data?: Uint8Array;
  readonly problem: Problem | undefined;
}

type Parts = Omit<ModbusMessage, 'transactionId' | 'protocolId' | 'unit' | 'raw' | 'code'>;

/** @param bytes including the header; kept */
export function parseMessage(bytes: Uint8Array, toServer: boolean): ModbusMessage {
  const raw = bytes[HEADER_LENGTH]!;
  const code = raw & ~EXCEPTION;
  const protocolId = uint16(bytes, 2);
  const body = bytes.subarray(HEADER_LENGTH + 1);
  const parts = partsOf(raw, code, body, toServer);
  const problem = protocolId === 0 ? parts.problem : 'invalid_protocol_id';
  return { transactionId: uint16(bytes, 0), protocolId, unit: bytes[6]!, raw, code, ...parts, problem };
}

function partsOf(raw: number, code: number, body: Uint8Array, toServer: boolean): Parts {
  if ((raw & EXCEPTION) !== 0) return exceptionParts(body, toServer);
  if (raw === 0) return { problem: 'invalid_function_code' };
  if (code === DIAGNOSTIC) {
    if (body.length < 4) return { problem: 'invalid_length' };
    return { sub: uint16(body, 0), data: body.subarray(2), problem: undefined };
  }
  if (code === MEI) {
    if (body.length < 1) return { problem: 'invalid_length' };
    return { sub: body[0]!, data: body.subarray(1), problem: undefined };
  }
  const known = FUNCTIONS[code];
  if (!known?.access) return body.length > 0 ? { data: body, problem: undefined } : { problem: undefined };
  return toServer ? requestParts(code, body) : responseParts(code, body);
}

function exceptionParts(body: Uint8Array, toServer: boolean): Parts {
  if (toServer) return { problem: 'invalid_function_code' };
  if (body.length < 1) return { problem: 'invalid_length' };
  return { exception: body[0]!, problem: EXCEPTIONS[body[0]!] ? undefined : 'invalid_exception_code' };
}

function requestParts(code: number, body: Uint8Array): Parts {
  if (body.length < 4) return { problem: 'invalid_length' };
  const address = uint16(body, 0);
  const value = uint16(body, 2);
  switch (code) {
    case 5:
      return {
        write: { address, data: body.subarray(2, 4) },
        problem: value === 0 || value === 0xff00 ? undefined : 'invalid_value',
      };
    case 6:
      return { write: { address, data: body.subarray(2, 4) }, problem: undefined };
    case 15:
    case 16:
      return { write: multiple(body, 0), problem: problemOfMultiple(body, 0, code) };
    case 22:
      if (body.length < 6) return { problem: 'invalid_length' };
      return { write: { address }, mask: { and: value, or: uint16(body, 4) }, problem: undefined };
    case 23:
      if (body.length < 9) return { problem: 'invalid_length' };
      return {
        read: { address, quantity: value },
        write: multiple(body, 4),
        problem: problemOfQuantity(value, MAX_REGISTERS) ?? problemOfMultiple(body, 4, 16),
      };
    default:
      return {
        read: { address, quantity: value },
        problem:
          problemOfQuantity(value, code <= 2 ? MAX_COILS : MAX_REGISTERS) ??
          (body.length > 4 ? 'invalid_length' : undefined),
      };
  }
}

function multiple(body: Uint8Array, at: number): NonNullable<ModbusMessage['write']> {
  return { address: uint16(body, at), quantity: uint16(body, at + 2), data: body.subarray(at + 5) };
}

function problemOfMultiple(body: Uint8Array, at: number, code: number): Problem | undefined {
  if (body.length < at + 5) return 'invalid_length';
  const quantity = uint16(body, at + 2);
  const count = body[at + 4]!;
  const expected = code === 15 ? Math.ceil(quantity / 8) : 2 * quantity;
  return quantity === 0 || count !== expected || count !== body.length - at - 5 ? 'invalid_value' : undefined;
}

function problemOfQuantity(quantity: number, most: number): Problem | undefined {
  return quantity === 0 || quantity > most ? 'invalid_value' : undefined;
}

function responseParts(code: number, body: Uint8Array): Parts {
  if (code <= 4 || code === 23) {
    const count = body[0];
    if (count === undefined) return { problem: 'invalid_length' };
    const isRight = count > 0 && count === body.length - 1;
    return { read: { data: body.subarray(1) }, problem: isRight ? undefined : 'invalid_value' };
  }
  if (body.length < (code === 22 ? 6 : 4)) return { problem: 'invalid_length' };
  const address = uint16(body, 0);
  if (code === 22) {
    return { write: { address }, mask: { and: uint16(body, 2), or: uint16(body, 4) }, problem: undefined };
  }
  const values = code <= 6 ? { data: body.subarray(2, 4) } : { quantity: uint16(body, 2) };
  return { write: { address, ...values }, problem: undefined };
}
