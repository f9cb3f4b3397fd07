/** Configuration of decoding, under Suricata's names. */

import type { Config } from '../../engine/config/config.js';
import type { Finding } from '../../engine/config/declared.js';
import { boolean, integer, option, tree } from '../../engine/config/option.js';
import { captureChecksums, fileChecksums, ignoresChecksums } from '../../engine/packet/checksum-options.js';
import { tunnelPorts } from './tunnel-ports.js';

const teredo = option('decoder.teredo.enabled', boolean, true, 'decode IPv6 packets in UDP (Teredo)');
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
const maxLayers = option('decoder.max-layers', integer(1, 255), 16, 'maximum decoded layers per packet');
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
  'ignore TCP packets with an invalid checksum in streams',
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
  /** One byte per port: PORT_ bits of the tunnels to try on it. */
  readonly udpTunnels: Uint8Array;
}

export const PORT_TEREDO = 1;
export const PORT_VXLAN = 2;
export const PORT_GENEVE = 4;

export function readSettings(config: Config): DecodeSettings {
  const udpTunnels = new Uint8Array(65536);
  const mark = (ports: unknown, fallback: number, bit: number) =>
    tunnelPorts(config, ports, fallback).forEach((is, port) => {
      if (is) udpTunnels[port]! |= bit;
    });
  if (config.read(teredo)) mark(teredoPortsOf(config), 3544, PORT_TEREDO);
  if (config.read(vxlan)) mark(config.read(vxlanPorts), 4789, PORT_VXLAN);
  if (config.read(geneve)) mark(config.read(genevePorts), 6081, PORT_GENEVE);
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

/** Invalid tunnel ports: the engine does not start with them. */
export function checkPorts(config: Config): Finding[] {
  const tunnels = [
    [teredo, teredoPorts],
    [vxlan, vxlanPorts],
    [geneve, genevePorts],
  ] as const;
  return tunnels.flatMap(([enabled, { path }]) => {
    if (!config.read(enabled)) return [];
    try {
      tunnelPorts(config, config.at(path), 0);
      return [];
    } catch (error) {
      return [{ path, kind: 'unaccepted', message: (error as Error).message, fatal: true }];
    }
  });
}

/** A configuration without ports means any port. */
function teredoPortsOf(config: Config): unknown {
  return config.at(teredoPorts.path) === undefined ? 'any' : config.read(teredoPorts);
}

function checksumMode(config: Config): ChecksumMode {
  if (ignoresChecksums(config) || !config.read(streamChecksums)) return 'no';
  return config.read(captureChecksums) === 'all' || config.read(fileChecksums) === 'yes' ? 'yes' : 'sample';
}
