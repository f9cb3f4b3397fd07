/** Commands about capture devices: iface-list, iface-stat, iface-bypassed-stat. */
import { type Handlers, textArgument } from '../../control/control-socket.js';
import type { Statistics } from '../../stats-record.js';
import type { Inputs } from '../run/inputs.js';

type Values = NonNullable<Statistics['more']>;

interface DeviceCounts {
  readonly device: string;
  readonly packets: number;
  readonly drops: number;
}

/** @param statistics values that are not counters, `capture.devices` among them */
export function deviceCommands({ live, names }: Inputs, statistics: () => Values): Handlers {
  const known = live ? names : [];
  return {
    'iface-list': () => ({ count: known.length, ifaces: known }),
    'iface-stat': parameters => {
      const name = textArgument(parameters, 'iface');
      if (!known.includes(name)) throw new Error(`Unknown interface ${name}`);
      const counts = countsOf(statistics(), name);
      return { pkts: counts?.packets ?? 0, drop: counts?.drops ?? 0, bypassed: 0, 'invalid-checksums': 0 };
    },
    // Flows bypassed in the kernel: no device here sees their packets.
    'iface-bypassed-stat': () => Object.fromEntries(known.map(name => [name, {}])),
  };
}

function countsOf(statistics: Values, name: string): DeviceCounts | undefined {
  const devices = statistics['capture.devices'];
  if (!Array.isArray(devices)) return undefined;
  return (devices as unknown as readonly DeviceCounts[]).find(({ device }) => device === name);
}
