/** The EVE record of a message. */
import { bytesText } from '../../../engine/record/bytes-text.js';
import type { SnmpPdu } from './message.js';
import type { SnmpTransaction } from './transaction.js';

export const PDU_TYPES = [
  'get_request',
  'get_next_request',
  'response',
  'set_request',
  'trap_v1',
  'get_bulk_request',
  'inform_request',
  'trap_v2',
  'report',
] as const;

/** RFC 1157 4.1.6. */
export const TRAP_TYPES = [
  'cold_start',
  'warm_start',
  'link_down',
  'link_up',
  'authentication_failure',
  'egp_neighbor_loss',
  'enterprise_specific',
] as const;

/** In the form used in records. */
const TRAP_NAMES = TRAP_TYPES.map(name => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()));

/** RFC 1157 4.1.1. */
const ERRORS = ['NoError', 'TooBig', 'NoSuchName', 'BadValue', 'ReadOnly', 'GenErr'];

export function snmpRecord({ message }: SnmpTransaction): string {
  if (!message) return '';
  const { version, community, user, pdu } = message;
  const members = {
    version,
    ...(user && { usm: bytesText(user) }),
    ...(pdu ? pduMembers(pdu) : { pdu_type: 'encrypted' }),
    ...(community && { community: bytesText(community) }),
  };
  return `"snmp":${JSON.stringify(members)}`;
}

function pduMembers({ type, errorStatus, trap, variables }: SnmpPdu): object {
  return {
    pdu_type: PDU_TYPES[type],
    ...(errorStatus && { error: ERRORS[errorStatus] ?? `ErrorStatus(${errorStatus})` }),
    ...(trap && {
      trap_type: TRAP_NAMES[trap.type] ?? `TrapType(${trap.type})`,
      trap_oid: trap.oid,
      ...(trap.address !== undefined && { trap_address: trap.address }),
    }),
    ...(variables.length > 0 && { vars: variables }),
  };
}
