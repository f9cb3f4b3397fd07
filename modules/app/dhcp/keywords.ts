/** Keywords of DHCP. */
import type { ValueDeclaration } from '../../../engine/protocol.js';
import { LEASE_TIME, REBINDING_TIME, RENEWAL_TIME, seconds } from './message.js';
import { COMPLETE, type DhcpTransaction } from './transaction.js';

function time(name: string, code: number, summary: string): ValueDeclaration<DhcpTransaction> {
  return {
    keyword: `dhcp.${name}`,
    bits: 64,
    direction: 'either',
    progress: COMPLETE,
    summary,
    get({ message }) {
      const value = seconds(message, code);
      return value === undefined ? [] : [value];
    },
  };
}

export const VALUES = [
  time('leasetime', LEASE_TIME, 'Lease time in seconds.'),
  time('rebinding_time', REBINDING_TIME, 'Rebinding time (T2) in seconds.'),
  time('renewal_time', RENEWAL_TIME, 'Renewal time (T1) in seconds.'),
];
