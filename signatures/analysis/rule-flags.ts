/** Flags and requirements of a signature, in the terms of engine analysis. */

import type { Protocol } from '../../engine/protocol.js';
import { isApplicationBuffer, PAYLOAD_BUFFERS } from '../compile/traits.js';
import type { IntegerTest } from '../keywords/integers.js';
import type { PortSet, Signature } from '../signature.js';
import type { AnalyzedRule } from './analyzed-rule.js';
import { directionsOfRule } from './directions.js';

/** Conditions that need a real packet. */
const HEADER_KINDS = new Set(
  'tcp.flags tcp.seq tcp.ack tcp.window tcp.mss tcp.wscale ttl tos id fragbits fragoffset ipopts itype icode icmp_id icmp_seq dsize'.split(
    ' ',
  ),
);

const EVENT_KINDS = new Set(['decode-event', 'stream-event', 'engine-event']);

const SYN_FIN_RST = 0x07;
const URG_ECE_CWR = 0xe0;

export function flagsOf(rule: AnalyzedRule, protocols: readonly Protocol[]): string[] {
  const { signature, traits } = rule;
  const [toServer, toClient] = directionsOfRule(rule.signature, protocols);
  const payload = hasPayload(signature);
  const flags: [string, boolean][] = [
    ['src_any', signature.source.any],
    ['dst_any', signature.destination.any],
    ['sp_any', isAny(signature.sourcePorts)],
    ['dp_any', isAny(signature.destinationPorts)],
    ['noalert', signature.noalert],
    ['dsize', signature.conditions.some(match => match.kind === 'dsize')],
    ['applayer', isApplication(rule)],
    ['need_packet', (payload && traits.onPackets) || needsHeader(signature)],
    ['need_stream', payload && traits.onStreams],
    ['negated_mpm', rule.fastContent?.negated === true],
    [
      'need_flowvar',
      signature.conditions.some(match => ['flowbits', 'flowint', 'flowvar'].includes(match.kind)),
    ],
    ['filestore', does(signature, 'filestore')],
    ['toserver', toServer],
    ['toclient', toClient],
    ['tlsstore', does(signature, 'tls.store')],
    ['bypass', does(signature, 'bypass')],
    ['prefilter', rule.fastPattern !== undefined],
    ['src_is_target', signature.target === 'src_ip'],
    ['dest_is_target', signature.target === 'dest_ip'],
  ];
  return flags.filter(([, set]) => set).map(([name]) => name);
}

export function requirementsOf(rule: AnalyzedRule): string[] {
  const { signature } = rule;
  const flow = isApplication(rule) || signature.conditions.some(needsFlow);
  const requirements: [string, boolean][] = [
    ['payload', hasPayload(signature) || signature.conditions.some(isSomePayload)],
    ['no_payload', signature.conditions.some(isEmptyPayload)],
    ['flow', flow],
    ['tcp_flags_init_deinit', namesFlags(signature, SYN_FIN_RST)],
    ['tcp_flags_unusual', namesFlags(signature, URG_ECE_CWR)],
    ['engine_event', signature.conditions.some(match => EVENT_KINDS.has(match.kind))],
    ['real_pkt', needsHeader(signature)],
  ];
  return requirements.filter(([, set]) => set).map(([name]) => name);
}

function does({ effects }: Signature, kind: string): boolean {
  return effects.some(effect => effect.kind === kind);
}

function namesFlags({ conditions }: Signature, flags: number): boolean {
  return conditions.some(match => match.kind === 'tcp.flags' && (Number(match.bits) & flags) !== 0);
}

/** A size that excludes an empty payload; "less than" does not. */
function isSomePayload(match: Signature['conditions'][number]): boolean {
  const size = payloadSize(match);
  return size?.mode === '>' || size?.mode === 'range' || (size?.mode === '=' && size.a !== 0);
}

function isEmptyPayload(match: Signature['conditions'][number]): boolean {
  const size = payloadSize(match);
  return size?.mode === '=' && size.a === 0;
}

function payloadSize(match: Signature['conditions'][number]): IntegerTest | undefined {
  return match.kind === 'dsize' ? (match['test'] as IntegerTest) : undefined;
}

function needsFlow(match: Signature['conditions'][number]): boolean {
  if (match.kind === 'flow') return match.state !== undefined && match.state !== 'stateless';
  return (
    ['flowbits', 'flowint', 'stream_size', 'app-layer-protocol'].includes(match.kind) ||
    match.kind.startsWith('flow.')
  );
}

function needsHeader(signature: Signature): boolean {
  return signature.conditions.some(match => HEADER_KINDS.has(match.kind));
}

function hasPayload(signature: Signature): boolean {
  return signature.buffers.some(each => PAYLOAD_BUFFERS.has(each.buffer));
}

function isApplication({ signature, traits }: AnalyzedRule): boolean {
  return (
    traits.applications.length > 0 || traits.onTransactions || signature.buffers.some(isApplicationBuffer)
  );
}

function isAny(ports: PortSet): boolean {
  return ports.length === 1 && ports[0]![0] === 0 && ports[0]![1] === 65_535;
}
