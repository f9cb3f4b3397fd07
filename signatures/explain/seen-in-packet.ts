/** What a condition on packet, flow or state saw. */
import { addressText } from '../../engine/address.js';
import * as Flow from '../../engine/flow/flow-record.js';
import { allEvents, eventName } from '../../engine/packet/packet-event-names.js';
import * as Packet from '../../engine/packet.js';
import type { Inspection } from '../inspection.js';
import {
  APPLICATION_PROTOCOLS,
  type ApplicationProtocolMatch,
  type ApplicationProtocols,
} from '../keywords/app-layer-protocol.js';
import type { FlowbitsMatch } from '../keywords/flowbits.js';
import type { FlowintMatch } from '../keywords/flowint.js';
import { MATCH_COMPILERS } from '../keywords.js';
import type { CompileEnvironment, MatchCompiler } from '../match-compiler.js';
import type { Match } from '../signature.js';
import { FLOW_VARIABLES, type FlowVariables } from '../state/flow-variables.js';

type Seen = (match: Match, at: Inspection, environment: CompileEnvironment) => string;

const VALUES = new Map(MATCH_COMPILERS.map((compiler: MatchCompiler) => [compiler.kind, compiler.value]));

/** @returns a clause to append after "…: " */
export function seenInPacket(match: Match, at: Inspection, environment: CompileEnvironment): string {
  const value = VALUES.get(match.kind);
  if (value) {
    const number = value(at);
    return Number.isNaN(number) ? 'the packet has none' : `it is ${number}`;
  }
  return SEEN[match.kind]?.(match, at, environment) ?? 'it does not hold';
}

const FLAGS = 'FSRPAUEC';

const SEEN: Readonly<Record<string, Seen>> = {
  dsize: (_, at) => `the payload has ${at.memory.row[at.p + Packet.PAYLOAD_LENGTH]} bytes`,
  flow: (_, at) => (at.flow < 0 ? 'the packet has no flow' : `it goes ${direction(at.toServer)}`),
  'tcp.flags': (_, at) => {
    if (at.memory.row[at.p + Packet.PROTOCOL] !== 6) return 'the packet is not TCP';
    const flags = at.memory.row[at.p + Packet.TCP_FLAGS]!;
    return `the flags are ${[...FLAGS].filter((_each, bit) => flags & (1 << bit)).join('') || '0'}`;
  },
  ip_proto: (_, at) => `the protocol is ${at.memory.row[at.p + Packet.PROTOCOL]}`,
  fragbits: (_, at) => {
    const l3 = at.memory.row[at.p + Packet.L3]!;
    if (at.memory.row[at.p + Packet.IP_VERSION] !== 4) return 'the packet is not IPv4';
    const bits = at.memory.bytes[l3 + 6]! >>> 5;
    return `the bits are ${[...'MDR'].filter((_each, bit) => bits & (1 << bit)).join('') || 'none'}`;
  },
  sameip: (_, at) => addresses(at),
  'vlan.id': (_, at) => {
    const count = Math.min(at.memory.row[at.p + Packet.VLAN_COUNT]!, 3);
    const ids = Array.from({ length: count }, (_each, i) => at.memory.row[at.p + Packet.VLAN_ID_0 + i]);
    return count === 0 ? 'the packet has no VLAN tag' : `the ids are ${ids.join(', ')}`;
  },
  flowbits: (match, at, environment) => {
    const { names } = match as FlowbitsMatch;
    if (at.flow < 0) return 'the packet has no flow';
    const store = environment.stores.get(FLOW_VARIABLES) as FlowVariables;
    const parts = names.map(
      name => `${name} is ${store.hasBit(at.flow, store.numberOf(name)) ? '' : 'not '}set`,
    );
    return parts.join(', ');
  },
  flowint: (match, at, environment) => {
    const { name } = match as FlowintMatch;
    if (at.flow < 0) return 'the packet has no flow';
    const store = environment.stores.get(FLOW_VARIABLES) as FlowVariables;
    const value = store.integer(at.flow, store.numberOf(name));
    return value === undefined ? `${name} is not set` : `${name} is ${value}`;
  },
  xbits: bit,
  hostbits: bit,
  'flow.age': (_, at) =>
    at.flow < 0
      ? 'the packet has no flow'
      : `it is ${Packet.secondsOf(at.memory.row, at.p) - Flow.startSecondsOf(at.flows.row, at.f)}`,
  'flow.pkts': (_, at) => {
    const [up, down] = [true, false].map(toServer => Packet.flowPacketsOf(at.memory.row, at.p, toServer));
    return `${up} packets to the server, ${down} to the client`;
  },
  'flow.bytes': (_, at) => {
    const r = at.slot * Packet.DOUBLES;
    const { row64 } = at.memory;
    return `${row64[r + Packet.FLOW_BYTES_TO_SERVER]} bytes to the server, ${row64[r + Packet.FLOW_BYTES_TO_CLIENT]} to the client`;
  },
  'decode-event': events,
  'stream-event': events,
  'engine-event': events,
  'app-layer-protocol': (match, at, environment) => {
    if (at.flow < 0) return 'the packet has no flow';
    const number = at.flows.row[at.f + Flow.APP_PROTOCOL]!;
    if (number === 0) return 'the protocol of the flow is not yet known';
    const store = environment.stores.get(APPLICATION_PROTOCOLS) as ApplicationProtocols;
    const { names, exact } = match as ApplicationProtocolMatch;
    const isIt = names.some(name => store.numbersOf(name, exact).includes(number));
    return `the protocol of the flow is ${isIt ? match.name : `not ${match.name}`}`;
  },
  geoip: (_, at) => addresses(at),
  iprep: (_, at) => `the reputation of ${addresses(at)} does not match`,
};

function direction(toServer: boolean): string {
  return toServer ? 'to the server' : 'to the client';
}

function bit(match: Match): string {
  return `${match['name']} is ${match['command'] === 'isset' ? 'not ' : ''}set`;
}

function addresses(at: Inspection): string {
  const { row, bytes } = at.memory;
  const l3 = row[at.p + Packet.L3]!;
  const version = row[at.p + Packet.IP_VERSION]!;
  if (l3 === 0 || version === 0) return 'no addresses';
  const [source, destination] = version === 4 ? [12, 16] : [8, 24];
  return `${addressText(bytes, l3 + source, version)} and ${addressText(bytes, l3 + destination, version)}`;
}

function events(_: Match, at: Inspection): string {
  const names: string[] = [];
  for (const event of allEvents())
    if (Packet.hasEvent(at.memory.row, at.p, event)) names.push(eventName(event));
  return names.length === 0 ? 'the packet has no events' : `the packet has ${names.join(', ')}`;
}
