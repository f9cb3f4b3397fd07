/** A request with its response. */
import { TwoSidedTransaction } from '../../../engine/protocol.js';
import type { ModbusMessage } from './message.js';

export const COMPLETE = 1;
export const EVENTS = [
  'invalid_protocol_id',
  'unsolicited_response',
  'invalid_length',
  'invalid_unit_identifier',
  'invalid_function_code',
  'invalid_value',
  'invalid_exception_code',
  'value_mismatch',
  'flooded',
] as const;

export class ModbusTransaction extends TwoSidedTransaction {
  request: ModbusMessage | undefined;
  response: ModbusMessage | undefined;
}
