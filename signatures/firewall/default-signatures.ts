/** The signatures with which the default policies of a firewall alert. */
import type { Signature } from '../signature.js';

const PACKET_POLICY = 2201000;
const APP_POLICY = 2201001;
const GENERATOR = 1;
const PRIORITY = 3;
/** They come after all rules of the firewall's files. */
const LAST = Number.MAX_SAFE_INTEGER;

/** For packet hooks, and for hooks of application protocols. */
export function defaultSignatures(): [Signature, Signature] {
  return [
    signature(PACKET_POLICY, 'SURICATA FW default packet policy', LAST - 1),
    signature(APP_POLICY, 'SURICATA FW default app policy', LAST),
  ];
}

function signature(sid: number, msg: string, index: number): Signature {
  const addresses = { any: true, v4: [], v6: [] };
  return {
    index,
    gid: GENERATOR,
    sid,
    rev: 1,
    action: 'alert',
    firewall: true,
    msg,
    category: '',
    priority: PRIORITY,
    references: [],
    metadata: {},
    protocol: 'ip',
    hook: 'all',
    source: addresses,
    destination: addresses,
    sourcePorts: [[0, 65535]],
    destinationPorts: [[0, 65535]],
    direction: '->',
    conditions: [],
    buffers: [],
    effects: [],
    noalert: false,
    thresholds: [],
    text: '',
    position: { file: '', line: 0, column: 0 },
  };
}
