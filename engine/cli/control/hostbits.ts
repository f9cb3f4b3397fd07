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
  const hostOf = (parameters: Arguments) => textArgument(parameters, 'ipaddress');
  const nameOf = (parameters: Arguments) => textArgument(parameters, 'hostbit');
  return {
    'add-hostbit': parameters => {
      const seconds = Number(parameters['expire']);
      if (!Number.isInteger(seconds) || seconds <= 0)
        throw new Error('expire is missing, expected a number of seconds');
      const name = nameOf(parameters);
      if (added.size >= MAX_NAMES && !added.has(name)) throw new Error('too many hostbit names');
      bits.set(hostOf(parameters), name, now(), seconds);
      added.add(name);
      return 'hostbit added';
    },
    'remove-hostbit': parameters => {
      if (!bits.unset(hostOf(parameters), nameOf(parameters), now()))
        throw new Error("couldn't remove hostbit");
      return 'hostbit removed';
    },
    'list-hostbit': parameters => {
      const hostbits = bits.list(hostOf(parameters), new Set([...ofRules(), ...added]), now());
      return { count: hostbits.length, hostbits };
    },
  };
}
