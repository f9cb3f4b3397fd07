/** Port groups of one transport, with their searches and lists. */
import type { PortSet, Signature } from '../signature.js';
import { shared32 } from './address-sets.js';
import type { Databases, PatternNumbers } from './databases.js';
import { type FastPattern, fastPatternOf } from './fast-pattern.js';
import type { DirectionRules, GroupRules, TransportRules } from './image.js';
import { groupByPort, type PortMember } from './port-groups.js';
import { reachOf } from './reach.js';
import { DECODE_EVENT_ONLY, IP_ONLY, PAYLOAD_BUFFERS, type Traits } from './traits.js';

/** A signature with what compiling found out about it. */
export interface Compiled {
  readonly signature: Signature;
  readonly traits: Traits;
  readonly pattern: FastPattern | undefined;
  readonly eventOnly: boolean;
  readonly direction: 'to_server' | 'to_client' | undefined;
}

export function analyzed(signature: Signature, traits: Traits): Compiled {
  const flow = signature.conditions.find(match => match.kind === 'flow' && match['direction'] !== undefined);
  return {
    signature,
    traits,
    pattern: fastPatternOf(signature),
    eventOnly: signature.conditions.some(
      m => m.kind === 'decode-event' || m.kind === 'stream-event' || m.kind === 'engine-event',
    ),
    direction: flow?.['direction'] as Compiled['direction'],
  };
}

export interface GroupLimits {
  readonly toServer: number;
  readonly toClient: number;
  /** Most bytes of stream history kept for signatures that set no bound. */
  readonly history: number;
}

export interface GroupTools {
  readonly patterns: PatternNumbers;
  readonly databases: Databases;
  readonly limits: GroupLimits;
  /** Signatures of transactions look at streams too: history is kept for them. */
  readonly transactionsSeeStreams: boolean;
}

/** Signatures looked at for packets or streams (not for transactions, addresses or events alone). */
function isGrouped({ traits, eventOnly }: Compiled): boolean {
  return traits.kind !== IP_ONLY && traits.kind !== DECODE_EVENT_ONLY && !traits.onTransactions && !eventOnly;
}

/** @param name `tcp`, `udp` or `other`: patterns are numbered by it  @param transports bits of `traits.ts` */
export function transportRules(
  name: string,
  transports: number,
  all: readonly Compiled[],
  tools: GroupTools,
): TransportRules {
  const members = all.filter(member => isGrouped(member) && (member.traits.transports & transports) !== 0);
  return {
    toServer: directionRules(
      name,
      members.filter(m => m.direction !== 'to_client'),
      true,
      tools,
    ),
    toClient: directionRules(
      name,
      members.filter(m => m.direction !== 'to_server'),
      false,
      tools,
    ),
  };
}

function directionRules(
  name: string,
  members: readonly Compiled[],
  toServer: boolean,
  tools: GroupTools,
): DirectionRules {
  const bySignature = new Map(members.map(member => [member.signature.index, member]));
  const portMembers = members.map(member => portsOf(member.signature, toServer));
  const most = toServer ? tools.limits.toServer : tools.limits.toClient;
  const { groupOf, groups, anyPort } = groupByPort(
    name === 'other' ? portMembers.map(anyPortOf) : portMembers,
    most,
  );
  return {
    groupOf,
    groups: groups.map(own => {
      const numbers = [...anyPort, ...own].sort((a, b) => a - b);
      return groupRules(
        name,
        numbers.map(number => bySignature.get(number)!),
        tools,
      );
    }),
  };
}

const anyPortSet: PortSet = [[0, 65535]];

function anyPortOf({ signature }: PortMember): PortMember {
  return { signature, ports: [anyPortSet] };
}

function portsOf(signature: Signature, toServer: boolean): PortMember {
  const { index, destinationPorts, sourcePorts, direction } = signature;
  const ports = toServer ? destinationPorts : sourcePorts;
  const others = toServer ? sourcePorts : destinationPorts;
  return { signature: index, ports: direction === '<>' ? [ports, others] : [ports] };
}

function groupRules(
  name: string,
  members: readonly Compiled[],
  { patterns, databases, limits, transactionsSeeStreams }: GroupTools,
): GroupRules {
  const packet: number[] = [];
  const stream: number[] = [];
  const packetAlways: number[] = [];
  const streamAlways: number[] = [];
  let reach = name === 'tcp' && transactionsSeeStreams ? limits.history : 0;
  for (const member of members) {
    const { traits, signature } = member;
    const pattern = payloadPattern(member);
    const isStream = name === 'tcp' && traits.onStreams;
    const add = (list: string, numbers: number[], always: number[]) => {
      if (pattern) numbers.push(patterns.add(list, pattern.bytes, pattern.nocase, signature.index));
      else always.push(signature.index);
    };
    if (isStream) {
      add('stream', stream, streamAlways);
      reach = Math.max(reach, Math.min(reachOf(signature), limits.history));
    }
    if (traits.onPackets || !isStream) add(name, packet, packetAlways);
  }
  return {
    packetSearch: databases.searchOf(packet, false),
    streamSearch: databases.searchOf(stream, true),
    packetAlways: shared32(packetAlways),
    streamAlways: shared32(streamAlways),
    reach,
  };
}

function payloadPattern({ pattern }: Compiled): FastPattern | undefined {
  return pattern && PAYLOAD_BUFFERS.has(pattern.conditions.buffer) ? pattern : undefined;
}
