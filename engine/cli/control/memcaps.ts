/** Commands for memory limits: memcap-list, memcap-show, memcap-set. */

import type { Config } from '../../config/config.js';
import type { AnyOption } from '../../config/option.js';
import { type Handlers, textArgument } from '../../control/control-socket.js';

/** Names of the memcaps in commands, and the options they correspond to. */
const MEMCAPS: readonly (readonly [name: string, path: string])[] = [
  ['stream', 'stream.memcap'],
  ['stream-reassembly', 'stream.reassembly.memcap'],
  ['flow', 'flow.memcap'],
  ['applayer-proto-http', 'app-layer.protocols.http.memcap'],
  ['defrag', 'defrag.memcap'],
  ['host', 'host.memcap'],
];

/** @param options all declared options */
export function memcapCommands(config: Config, options: readonly AnyOption[]): Handlers {
  const textOf = (wanted: string): string => {
    const path = MEMCAPS.find(([name]) => name === wanted)?.[1];
    const option = options.find(each => each.path === path);
    if (!option)
      throw new Error(`Memcap value not found, expected one of ${MEMCAPS.map(([name]) => name).join(', ')}`);
    return sizeText(config.read(option));
  };
  return {
    'memcap-list': () => MEMCAPS.map(([name]) => ({ name, value: textOf(name) })),
    'memcap-show': parameters => ({ value: textOf(textArgument(parameters, 'config')) }),
    'memcap-set': parameters => {
      const name = textArgument(parameters, 'config');
      throw new Error(
        `${name} stays ${textOf(name)}: memory is allocated at startup, change it in the configuration`,
      );
    },
  };
}

/** 0 is valid where it means unlimited. */
function sizeText(bytes: number): string {
  if (bytes === 0) return 'unlimited';
  for (const [unit, size] of [
    ['gb', 2 ** 30],
    ['mb', 2 ** 20],
    ['kb', 2 ** 10],
  ] as const) {
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return `${bytes}b`;
}
