/** Commands for the hostbits of an address: add-hostbit, remove-hostbit, list-hostbit. */
import { HostBits } from '../../../signatures/state/hostbits.js';
import { SharedTable } from '../../../signatures/state/shared-table.js';
import { type Arguments, type Handlers, textArgument } from '../../control/control-socket.js';

/** Maximum number of names added by commands, in addition to those of rules. */
const MAX_NAMES = 65_536;

/** @param ofRules names used by the active rules */
export function hostbitCommands(memory: SharedArrayBuffer, ofRules: () => readonly string[]): Handlers {
  const bits = new HostBits(new SharedTable(memory));
  const added = new Set<string>();
  const now = () => Math.floor(Date.now() / 1000);
  const hostOf = (given: Arguments) => textArgument(given, 'ipaddress');
  const nameOf = (given: Arguments) => textArgument(given, 'hostbit');
  return {
    'add-hostbit': given => {
      const seconds = Number(given['expire']);
      if (!Number.isInteger(seconds) || seconds <= 0)
        throw new Error('expire is missing, expected a number of seconds');
      const name = nameOf(given);
      if (added.size >= MAX_NAMES && !added.has(name)) throw new Error('too many hostbit names');
      bits.set(hostOf(given), name, now(), seconds);
      added.add(name);
      return 'hostbit added';
    },
    'remove-hostbit': given => {
      if (!bits.unset(hostOf(given), nameOf(given), now())) throw new Error("couldn't remove hostbit");
      return 'hostbit removed';
    },
    'list-hostbit': given => {
      const hostbits = bits.list(hostOf(given), new Set([...ofRules(), ...added]), now());
      return { count: hostbits.length, hostbits };
    },
  };
}
