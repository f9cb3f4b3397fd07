/** The server ports on which the probe of a protocol is called: `app-layer.protocols.NAME.detection-ports`. */
import { bracketed } from '../config/bracketed.js';
import type { Config } from '../config/config.js';
import { boolean, type OptionType, option } from '../config/option.js';
import type { Protocol } from '../protocol.js';
import type { Transport } from './recognition.js';

const LAST_PORT = 65535;

/** `53`, `[53, 5353]`, `1000:1010`, `1024:`, `any`: ports as in rules, and lists of them. */
const ports: OptionType<readonly number[]> = {
  expected: 'ports such as 53, [53, 5353], 1000:1010 or any',
  parse(value) {
    const lists = [value].flat().map(each => bracketed(String(each)));
    const ranges = lists.flatMap(list => list?.map(portRange) ?? [undefined]);
    return ranges.includes(undefined) ? undefined : ranges.flatMap(range => range!);
  },
};

function portRange(part: string): number[] | undefined {
  const [, from, colon, to] = /^(\d*)(:?)(\d*)$/.exec(part === 'any' ? ':' : part) ?? [];
  if (from === undefined) return undefined;
  const first = Number(from);
  const last = colon === '' ? first : to === '' ? LAST_PORT : Number(to);
  if (first > last || last > LAST_PORT) return undefined;
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** `app-layer.protocols.NAME.tcp.enabled`: for protocols recognised by probing. */
export function isProbedOver(protocol: Protocol, transport: Transport, config: Config): boolean {
  const value = config.at(`app-layer.protocols.${protocol.name}.${transport}.enabled`);
  return value === undefined || value === null || boolean.parse(value) !== false;
}

/** Server ports whose flows are probed for a protocol: those configured, otherwise its defaults. */
export function probingPorts(protocol: Protocol, transport: Transport, config: Config): readonly number[] {
  const configured =
    config.at(`app-layer.protocols.${protocol.name}.detection-ports.dp`) ??
    config.at(`app-layer.protocols.${protocol.name}.${transport}.detection-ports.dp`);
  if (configured === undefined || configured === null) return protocol.recognition.ports?.[transport] ?? [];
  return ports.parse(configured) ?? [];
}

/** Declared for documentation; read per protocol above. */
export const PROBING_OPTIONS = [
  option(
    'app-layer.protocols.*.detection-ports.dp',
    ports,
    [],
    'server ports whose flows are probed for the protocol',
  ),
  option('app-layer.protocols.*.tcp.detection-ports.dp', ports, [], 'the same for TCP only'),
  option('app-layer.protocols.*.tcp.enabled', boolean, true, 'probe for it over TCP'),
  option('app-layer.protocols.*.udp.enabled', boolean, true, 'probe for it over UDP'),
  option('app-layer.protocols.*.udp.detection-ports.dp', ports, [], 'the same for UDP only'),
];
