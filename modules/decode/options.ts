/** Configuration of decoding, under Suricata's names. */
import { captureChecksums, fileChecksums, ignoresChecksums } from '../../engine/checksum-options.js';
import type { Config } from '../../engine/config/config.js';
import { boolean, integer, option, tree } from '../../engine/config/option.js';

const teredo = option('decoder.teredo.enabled', boolean, true, 'look for IPv6 packets in UDP (Teredo)');
const teredoPorts = option(
  'decoder.teredo.ports',
  tree,
  '$TEREDO_PORTS',
  'UDP ports of Teredo, source or destination',
);
const vxlan = option('decoder.vxlan.enabled', boolean, true, 'decode VXLAN');
const vxlanPorts = option('decoder.vxlan.ports', tree, '$VXLAN_PORTS', 'UDP destination ports of VXLAN');
const geneve = option('decoder.geneve.enabled', boolean, true, 'decode Geneve');
const genevePorts = option('decoder.geneve.ports', tree, '$GENEVE_PORTS', 'UDP destination ports of Geneve');
const vntag = option('decoder.vntag.enabled', boolean, true, 'decode VN-Tag');
const erspanOne = option('decoder.erspan.typeI.enabled', boolean, true, 'decode ERSPAN type I');
const maxLayers = option('decoder.max-layers', integer(1, 255), 16, 'layers of one packet that are decoded');
const recursionTracking = option(
  'decoder.recursion-level.use-for-tracking',
  boolean,
  true,
  'packets at different depths of tunnels belong to different flows',
);
const vlanTracking = option(
  'vlan.use-for-tracking',
  boolean,
  true,
  'packets of different VLANs belong to different flows and datagrams',
);
const streamChecksums = option(
  'stream.checksum-validation',
  boolean,
  true,
  'TCP packets with a wrong checksum are not used for streams',
);
export const options = [
  teredo,
  teredoPorts,
  vxlan,
  vxlanPorts,
  geneve,
  genevePorts,
  vntag,
  erspanOne,
  maxLayers,
  recursionTracking,
  vlanTracking,
  streamChecksums,
  captureChecksums,
  fileChecksums,
];

/** Whether TCP checksums are verified; `sample`: until the first packets show that most are wrong. */
export type ChecksumMode = 'no' | 'yes' | 'sample';

export interface DecodeSettings {
  readonly maxLayers: number;
  readonly recursionTracking: boolean;
  readonly vlanTracking: boolean;
  readonly checksums: ChecksumMode;
  readonly vntag: boolean;
  readonly erspanOne: boolean;
  /** One byte a port: PORT_ bits of the tunnels that are looked for there. */
  readonly udpTunnels: Uint8Array;
}

export const PORT_TEREDO = 1;
export const PORT_VXLAN = 2;
export const PORT_GENEVE = 4;

export function readSettings(config: Config): DecodeSettings {
  const udpTunnels = new Uint8Array(65536);
  if (config.read(teredo)) markPorts(config, teredoPortsOf(config), 3544, udpTunnels, PORT_TEREDO);
  if (config.read(vxlan)) markPorts(config, config.read(vxlanPorts), 4789, udpTunnels, PORT_VXLAN);
  if (config.read(geneve)) markPorts(config, config.read(genevePorts), 6081, udpTunnels, PORT_GENEVE);
  return {
    maxLayers: config.read(maxLayers),
    recursionTracking: config.read(recursionTracking),
    vlanTracking: config.read(vlanTracking),
    checksums: checksumMode(config),
    vntag: config.read(vntag),
    erspanOne: config.read(erspanOne),
    udpTunnels,
  };
}

/** A configuration that names no ports means any. */
function teredoPortsOf(config: Config): unknown {
  return config.at(teredoPorts.path) === undefined ? 'any' : config.read(teredoPorts);
}

function checksumMode(config: Config): ChecksumMode {
  if (ignoresChecksums(config) || !config.read(streamChecksums)) return 'no';
  return config.read(captureChecksums) === 'all' || config.read(fileChecksums) === 'yes' ? 'yes' : 'sample';
}

/** Port variables that may stand in each other. */
const DEEPEST = 16;

/**
 * Sets `bit` for the ports of a setting: numbers, ranges `a:b`, lists, `any`, or a port variable.
 * @throws Error that names what is no port, or a variable that stands in itself
 */
function markPorts(
  config: Config,
  value: unknown,
  fallback: number,
  ports: Uint8Array,
  bit: number,
  depth = 0,
): void {
  if (depth > DEEPEST) throw new Error(`port variables of a tunnel are nested too deep: ${String(value)}`);
  const words = portWords(value);
  for (const word of words) {
    if (word.startsWith('$')) {
      const group = config.at(`vars.port-groups.${word.slice(1)}`) ?? fallback;
      markPorts(config, group, fallback, ports, bit, depth + 1);
    } else {
      markRange(word, ports, bit);
    }
  }
}

function portWords(value: unknown): string[] {
  const list = Array.isArray(value)
    ? value
    : String(value ?? '')
        .replace(/[[\]]/g, ' ')
        .split(/[\s,]+/);
  return list.map(String).filter(word => word !== '');
}

function markRange(word: string, ports: Uint8Array, bit: number): void {
  const [first, last = first] = word === 'any' ? ['0', '65535'] : word.split(/[:-]/);
  const from = Number(first);
  const to = Number(last === '' ? 65535 : last);
  if (!(from <= to) && !word.startsWith('!'))
    throw new Error(`"${word}" is no port of a tunnel, expected a number, a range such as 100:200, or any`);
  for (let port = Math.max(from, 0); port <= to && port < 65536; port++) ports[port]! |= bit;
}
