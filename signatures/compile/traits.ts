/**
 * The kind of a signature: which packets it can apply to, and whether its payload conditions inspect packets, streams
 * or both. The kinds follow Suricata's documentation of rule types.
 */
import type { Protocol } from '../../engine/protocol.js';
import { isPacketHook } from '../firewall/hooks.js';
import { HEADER_BUFFERS } from '../keywords/header-buffers.js';
import type { BufferConditions, ContentMatch, Match, Signature } from '../signature.js';
import { isAnyPort } from './address-sets.js';

export const IP_ONLY = 1;
export const LIKE_IP_ONLY = 2;
export const PROTOCOL_DETECTION_ONLY = 3;
export const DECODE_EVENT_ONLY = 4;
export const PACKET = 5;
export const PACKET_AND_STREAM = 6;
export const STREAM = 7;
export const APPLICATION_LAYER = 8;
export const TRANSACTION = 9;

/** Names of the kinds in Suricata's engine analysis. */
export const KIND_NAMES: readonly string[] = [
  '',
  'ip_only',
  'like_ip_only',
  'pd_only',
  'de_only',
  'pkt',
  'pkt_stream',
  'stream',
  'app_layer',
  'app_tx',
];

/** Transports as bits: of a packet, and those accepted by a signature. */
export const TCP = 1 << 0;
export const UDP = 1 << 1;
export const ICMP = 1 << 2;
export const ICMP6 = 1 << 3;
export const SCTP = 1 << 4;
export const OTHER_IP = 1 << 5;
export const NOT_IP = 1 << 6;
export const ARP = 1 << 7;
const ANY_IP = TCP | UDP | ICMP | ICMP6 | SCTP | OTHER_IP;
export const ANYTHING = ANY_IP | NOT_IP | ARP;

const TRANSPORTS: Readonly<Record<string, number>> = {
  tcp: TCP,
  'tcp-pkt': TCP,
  'tcp-stream': TCP,
  udp: UDP,
  icmp: ICMP | ICMP6,
  icmpv4: ICMP,
  icmpv6: ICMP6,
  sctp: SCTP,
  ip: ANY_IP,
  ipv4: ANY_IP,
  ip4: ANY_IP,
  ipv6: ANY_IP,
  ip6: ANY_IP,
  pkthdr: ANYTHING,
  ether: ANYTHING,
  arp: ARP,
};

/** Conditions on the header of a single packet: with them payload conditions inspect packets too. */
const PACKET_KINDS = new Set(
  (
    'ack seq window tcp.ack tcp.seq tcp.window flags tcp.flags tcp.mss tcp.wscale dsize fragbits fragoffset ' +
    'icmp_id icmp_seq icode itype icmpv6.mtu igmp.type id ipopts l3_proto rpc sameip stream_size geoip tos ttl ' +
    'vlan.id vlan.layers ip_proto pktvar nfq_set_mark tcp.hdr udp.hdr ipv4.hdr ipv6.hdr icmpv4.hdr icmpv6.hdr ' +
    'ether.hdr ipv4-csum tcpv4-csum tcpv6-csum udpv4-csum udpv6-csum icmpv4-csum icmpv6-csum pkt_mark template2'
  ).split(' '),
);

/** Conditions that an IP-only signature may have. */
const IP_ONLY_KINDS = new Set([
  'iprep',
  'geoip',
  'ip_proto',
  'sameip',
  'tag',
  'target',
  'l3_proto',
  'nfq_set_mark',
]);

export const PAYLOAD_BUFFERS = new Set(['payload', 'pkt_data']);

/** Buffers within a single packet. */
export const PACKET_BUFFERS = new Set([...PAYLOAD_BUFFERS, ...HEADER_BUFFERS]);

/** Buffers created by an earlier condition of the same signature. */
const DERIVED_BUFFERS = new Set(['base64_data', 'flowvar', 'pktvar']);

export interface Traits {
  readonly kind: number;
  /** Transport bits. */
  readonly transports: number;
  /** 4, 6, or 0 for both. */
  readonly ipVersion: number;
  /** Names of application protocols to which it applies; empty for any. */
  readonly applications: readonly string[];
  /** Payload conditions inspect packets; inspect streams (TCP). */
  readonly onPackets: boolean;
  readonly onStreams: boolean;
  /** It has conditions on application buffers, values or events. */
  readonly onTransactions: boolean;
}

export function isApplicationBuffer(conditions: BufferConditions): boolean {
  return !PACKET_BUFFERS.has(conditions.buffer) && !DERIVED_BUFFERS.has(conditions.buffer);
}

/** Transaction conditions that are listed in `conditions` have one of these kinds. */
export const TRANSACTION_KINDS = new Set([
  'value',
  'test',
  'app-layer-event',
  'transaction-event',
  'app-layer-state',
  'protocol-value',
  'protocol-test',
  'app-value',
  'app-test',
  'absent',
]);

/** @param protocols all known application protocols */
export function traitsOf(signature: Signature, protocols: readonly Protocol[]): Traits {
  const applications = applicationsOf(signature, protocols);
  const transports = TRANSPORTS[signature.protocol] ?? transportsOf(applications, protocols);
  const onTransactions =
    signature.buffers.some(isApplicationBuffer) ||
    signature.conditions.some(match => TRANSACTION_KINDS.has(match.kind)) ||
    (signature.hook !== undefined && !isPacketHook(signature.hook));
  const payload = payloadUse(signature, transports);
  const kind = kindOf(signature, { transports, onTransactions, ...payload }, applications.length > 0);
  return {
    kind,
    transports,
    ipVersion: ipVersionOf(signature.protocol),
    applications,
    onTransactions,
    ...payload,
  };
}

function ipVersionOf(protocol: string): number {
  if (protocol === 'ipv4' || protocol === 'ip4' || protocol === 'icmpv4') return 4;
  return protocol === 'ipv6' || protocol === 'ip6' || protocol === 'icmpv6' ? 6 : 0;
}

function applicationsOf(signature: Signature, protocols: readonly Protocol[]): string[] {
  if (signature.protocol in TRANSPORTS) return [];
  const named = protocols.filter(
    p => p.name === signature.protocol || p.ruleNames?.includes(signature.protocol),
  );
  return named.length > 0 ? named.map(p => p.name) : [signature.protocol];
}

function transportsOf(applications: readonly string[], protocols: readonly Protocol[]): number {
  let transports = 0;
  for (const protocol of protocols) {
    if (!applications.includes(protocol.name)) continue;
    for (const transport of protocol.transports) transports |= transport === 'tcp' ? TCP : UDP;
  }
  return transports || TCP | UDP;
}

type PayloadUse = Pick<Traits, 'onPackets' | 'onStreams'>;

function payloadUse(signature: Signature, transports: number): PayloadUse {
  const { protocol } = signature;
  if (!(transports & TCP) || protocol === 'tcp-pkt' || protocol === 'pkthdr')
    return { onPackets: true, onStreams: false };
  const payload = signature.buffers.filter(b => PAYLOAD_BUFFERS.has(b.buffer));
  const contents = payload.flatMap(b => b.conditions);
  if (protocol === 'tcp-stream' || flowOption(signature, 'only_stream'))
    return { onPackets: false, onStreams: true };
  if (contents.length === 0 || flowOption(signature, 'no_stream'))
    return { onPackets: true, onStreams: false };
  if (needsPacket(signature)) {
    // With stream_size the stream is inspected too.
    const streamSize = signature.conditions.some(match => match.kind === 'stream_size');
    return { onPackets: true, onStreams: streamSize && !signature.conditions.some(isPacketCondition) };
  }
  return { onPackets: contents.some(isAnchored), onStreams: true };
}

function isPacketCondition(match: Match): boolean {
  return match.kind !== 'stream_size' && PACKET_KINDS.has(match.kind);
}

function needsPacket(signature: Signature): boolean {
  return (
    signature.conditions.some(match => PACKET_KINDS.has(match.kind)) ||
    signature.buffers.some(b => PACKET_BUFFERS.has(b.buffer) && !PAYLOAD_BUFFERS.has(b.buffer)) ||
    signature.buffers.some(b =>
      b.conditions.some(match => PACKET_KINDS.has(match.kind) || match['replace'] !== undefined),
    )
  );
}

/** `offset` and `depth` (also set by `startswith`) anchor a content to the beginning: also of packets. */
function isAnchored(match: Match): boolean {
  if (match.kind !== 'content') return false;
  const content = match as ContentMatch;
  return content.offset !== undefined || content.depth !== undefined || match['startswith'] === true;
}

function flowOption(signature: Signature, name: string): boolean {
  return signature.conditions.some(match => match.kind === 'flow' && match['stream'] === name);
}

function kindOf(
  signature: Signature,
  use: PayloadUse & Pick<Traits, 'transports' | 'onTransactions'>,
  application: boolean,
): number {
  if (use.onTransactions) return TRANSACTION;
  if (signature.buffers.length > 0) {
    if (use.onStreams) return use.onPackets ? PACKET_AND_STREAM : STREAM;
    return PACKET;
  }
  const kinds = signature.conditions.map(match => match.kind).filter(kind => kind !== 'tenant');
  if (application && kinds.every(kind => kind === 'flow' || kind === 'app-layer-protocol'))
    return APPLICATION_LAYER;
  if (isAboutRecognition(signature, kinds)) return PROTOCOL_DETECTION_ONLY;
  if (kinds.length > 0 && kinds.every(kind => kind === 'decode-event')) return DECODE_EVENT_ONLY;
  // Suricata treats negated addresses as "like IP-only"; with resolved ranges there is no difference. Rules on an
  // application protocol must wait until it is detected.
  return !application && isIpOnly(signature, kinds) ? IP_ONLY : PACKET;
}

/** Only the protocol itself is tested: alerts once in each direction (a hook specifies when). */
function isAboutRecognition({ hook }: Signature, kinds: readonly string[]): boolean {
  return (
    hook === undefined &&
    kinds.every(kind => kind === 'app-layer-protocol' || kind === 'flow') &&
    kinds.includes('app-layer-protocol')
  );
}

function isIpOnly(signature: Signature, kinds: readonly string[]): boolean {
  if (signature.hook !== undefined) return false;
  if (signature.protocol === 'pkthdr' || signature.protocol === 'arp' || signature.protocol === 'ether')
    return false;
  // One side may have ports: they are compared anyway.
  if (!isAnyPort(signature.sourcePorts) && !isAnyPort(signature.destinationPorts)) return false;
  return kinds.every(kind => IP_ONLY_KINDS.has(kind));
}
