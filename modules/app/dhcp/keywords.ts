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
  time('leasetime', LEASE_TIME, 'seconds for which an address is given'),
  time('rebinding_time', REBINDING_TIME, 'seconds until any server may be asked again'),
  time('renewal_time', RENEWAL_TIME, 'seconds until the server is asked again'),
];
