/** Whether a request meets the condition of a rule. Addresses in rules begin at 1. */
import { uint16 } from '../../../engine/packet/network-order.js';
import type { Condition, Range } from './condition.js';
import { categoryOf, FUNCTIONS } from './function-code.js';
import type { ModbusMessage } from './message.js';

/** Functions that write coils. */
const WRITE_COIL = 5;
const WRITE_COILS = 15;

export function fulfils(request: ModbusMessage, condition: Condition): boolean {
  const { unit, access } = condition;
  if (unit && !within(request.unit, unit)) return false;
  return isFunction(request, condition) && (access === undefined || isAccess(request, condition));
}

function within(value: number, { above, below }: Range): boolean {
  return value > above && value < below;
}

function isFunction({ raw, code, sub }: ModbusMessage, condition: Condition): boolean {
  if (condition.code !== undefined)
    return code === condition.code && (condition.sub === undefined || sub === condition.sub);
  const { category } = condition;
  if (category === undefined) return true;
  const own = categoryOf(raw, sub);
  const isIn =
    category === 'all' ||
    own === category ||
    (category === 'public' && (own === 'assigned' || own === 'unassigned'));
  return isIn !== condition.negated;
}

function isAccess(request: ModbusMessage, { access, table, address, value }: Condition): boolean {
  const known = FUNCTIONS[request.code];
  const own = access === 'read' ? known?.reads : known?.writes;
  if (!own || (table && own !== table)) return false;
  const span = access === 'read' ? request.read : request.write;
  if (!address) return true;
  if (span?.address === undefined) return false;
  const first = span.address + 1;
  const last = first + Math.max(1, span.quantity ?? 1) - 1;
  if (last <= address.above || first >= address.below) return false;
  return value === undefined || isWritten(request, first, last, address, value);
}

/** Whether any of the values written there matches. */
function isWritten(
  { code, write }: ModbusMessage,
  first: number,
  last: number,
  address: Range,
  wanted: Range,
): boolean {
  const data = write?.data;
  if (!data) return false;
  // Requests may announce more values than they contain.
  const end = Math.min(last + 1, address.below, first + valuesIn(code, data));
  for (let at = Math.max(first, address.above + 1); at < end; at++) {
    if (within(valueAt(code, data, at - first), wanted)) return true;
  }
  return false;
}

function valuesIn(code: number, { length }: Uint8Array): number {
  if (code === WRITE_COIL) return 1;
  return code === WRITE_COILS ? 8 * length : length >> 1;
}

function valueAt(code: number, data: Uint8Array, index: number): number {
  if (code === WRITE_COIL) return data[0] === 0xff ? 1 : 0;
  if (code === WRITE_COILS) return (data[index >> 3]! >> (index & 7)) & 1;
  return uint16(data, 2 * index);
}
