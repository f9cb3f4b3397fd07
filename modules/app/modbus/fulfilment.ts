/** Whether a request is one that a rule looks for. Addresses in rules begin at 1. */
import { uint16 } from '../../../engine/network-order.js';
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

/** Any of the values written there. */
function isWritten(
  { code, write }: ModbusMessage,
  first: number,
  last: number,
  address: Range,
  wanted: Range,
): boolean {
  const data = write?.data;
  if (!data) return false;
  for (let at = Math.max(first, address.above + 1); at <= last && at < address.below; at++) {
    const value = valueAt(code, data, at - first);
    if (value !== undefined && within(value, wanted)) return true;
  }
  return false;
}

function valueAt(code: number, data: Uint8Array, index: number): number | undefined {
  if (code === WRITE_COIL) return data[0] === 0xff ? 1 : 0;
  if (code === WRITE_COILS) {
    const byte = data[index >> 3];
    return byte === undefined ? undefined : (byte >> (index & 7)) & 1;
  }
  return 2 * index + 2 <= data.length ? uint16(data, 2 * index) : undefined;
}
