/** Port groups of one transport, with their searches and signature lists. */
import type { PortSet } from '../signature.js';
import { shared32 } from './address-sets.js';
import { type Compiled, isFoundByPayload, payloadPattern } from './compiled.js';
import type { Databases, PatternNumbers } from './databases.js';
import type { DirectionRules, GroupRules, TransportRules } from './image.js';
import { groupByPort, type PortMember } from './port-groups.js';
import { DECODE_EVENT_ONLY, IP_ONLY } from './traits.js';

export interface GroupLimits {
  readonly toServer: number;
  readonly toClient: number;
  /** Maximum stream history in bytes for unbounded signatures. */
  readonly history: number;
}

export interface GroupTools {
  readonly patterns: PatternNumbers;
  readonly databases: Databases;
  readonly limits: GroupLimits;
  /** Signatures on transactions also inspect streams: history is kept for them. */
  readonly transactionsSeeStreams: boolean;
}

/** Signatures evaluated on packets or streams (not those on transactions, IP-only or event-only ones). */
function isGrouped(member: Compiled): boolean {
  const { traits, eventOnly } = member;
  if (isFoundByPayload(member)) return true;
  return traits.kind !== IP_ONLY && traits.kind !== DECODE_EVENT_ONLY && !traits.onTransactions && !eventOnly;
}

/** @param name `tcp`, `udp` or `other`: numbering of patterns  @param transports bits of `traits.ts` */
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
  const bySignature = new Map(members.map(member => [member.number, member]));
  const portMembers = members.map(member => portsOf(member, toServer));
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

function portsOf(member: Compiled, toServer: boolean): PortMember {
  const { number, destinationPorts, sourcePorts, arrow } = member;
  const ports = toServer ? destinationPorts : sourcePorts;
  const others = toServer ? sourcePorts : destinationPorts;
  return { signature: number, ports: arrow === '<>' ? [ports, others] : [ports] };
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
    const { traits, number } = member;
    const pattern = payloadPattern(member);
    // Transactions over TCP have their payload in the stream.
    const ofTransactions = traits.onTransactions;
    const isStream = name === 'tcp' && (traits.onStreams || ofTransactions);
    const add = (list: string, numbers: number[], always: number[]) => {
      if (pattern) numbers.push(patterns.add(list, pattern.bytes, pattern.nocase, number));
      else always.push(number);
    };
    if (isStream) {
      add('stream', stream, streamAlways);
      reach = Math.max(reach, Math.min(member.reach, limits.history));
    }
    if ((traits.onPackets && !ofTransactions) || !isStream) add(name, packet, packetAlways);
  }
  return {
    packetSearch: databases.searchOf(packet, false),
    streamSearch: databases.searchOf(stream, true),
    packetAlways: shared32(packetAlways),
    streamAlways: shared32(streamAlways),
    reach,
  };
}
