/** Why the header of a signature does not apply to a packet. */
import type { PacketFacts } from '../../../modules/detect/packet-facts.js';
import { hasAddress4, hasAddress6, hasPort } from '../../../signatures/compile/address-sets.js';
import { holdsApplication } from '../../../signatures/compile/application-sets.js';
import * as Header from '../../../signatures/compile/header.js';
import type { RuleSetImage } from '../../../signatures/compile/image.js';
import { addressText } from '../../address.js';
import type { FlowRows } from '../../flow/flow-record.js';
import * as Flow from '../../flow/flow-record.js';
import { knownApplication } from '../../flow/known-application.js';
import type { Memory } from '../../memory.js';
import { IP_PROTOCOL_NAMES } from '../../packet/ip-protocol-names.js';
import * as Packet from '../../packet.js';

/** A reason; later ones are nearer to a match. */
export interface HeaderReason {
  readonly rank: number;
  readonly text: string;
}

/** Required packet properties, and the message if one is missing. */
const NEEDS: readonly (readonly [number, string])[] = [
  [Header.NEED_VALID, 'the packet could not be decoded'],
  [Header.NEED_IPV4, 'the packet is not IPv4'],
  [Header.NEED_IPV6, 'the packet is not IPv6'],
  [Header.NEED_FRAGMENT, 'the packet is not a fragment'],
  [Header.NEED_NO_FRAGMENT, 'the packet is a fragment'],
  [Header.NEED_FLOW, 'the packet belongs to no flow'],
  [Header.NEED_EVENTS, 'the packet has no event'],
  [Header.NEED_PAYLOAD, 'the packet has no payload'],
  [Header.NEED_TO_SERVER, 'it goes to the client, not to the server'],
  [Header.NEED_TO_CLIENT, 'it goes to the server, not to the client'],
  [Header.NEED_ESTABLISHED, 'the flow is not established'],
  [Header.NEED_NOT_ESTABLISHED, 'the flow is established'],
  [Header.NEED_SYN, 'SYN is not set'],
  [Header.NEED_NO_SYN, 'SYN is set'],
  [Header.NEED_ACK, 'ACK is not set'],
  [Header.NEED_NO_ACK, 'ACK is set'],
  [Header.NEED_FIN, 'FIN is not set'],
  [Header.NEED_RST, 'RST is not set'],
  [Header.NEED_FIRST_OF_DIRECTION, 'rules on addresses only are evaluated once for each direction of a flow'],
];

const TRANSPORT_RANK = 0;
const ENDPOINT_RANK = 1;
const APPLICATION_RANK = 2;
const NEED_RANK = 3;

export class HeaderReasons {
  constructor(
    private readonly image: RuleSetImage,
    private readonly facts: PacketFacts,
    private readonly memory: Memory,
    private readonly flows: FlowRows,
    /** Names of application protocols by their number in flows, from 1. */
    private readonly protocols: readonly string[],
  ) {}

  /** For the packet that `facts` were loaded with; undefined when the header matches. */
  reasonFor(signature: number): HeaderReason | undefined {
    const h = signature * Header.INTS;
    return this.transport(h) ?? this.endpoints(h) ?? this.application(h) ?? this.requirements(h);
  }

  private transport(h: number): HeaderReason | undefined {
    const { facts } = this;
    const { row } = this.memory;
    const isInvalid = (row[facts.p + Packet.FLAGS]! & Packet.FLAG_INVALID) !== 0;
    if (facts.transport & this.image.header[h + Header.TRANSPORTS]!) return undefined;
    if (isInvalid && facts.version === 0)
      return { rank: TRANSPORT_RANK, text: 'the packet could not be decoded' };
    const protocol = row[facts.p + Packet.PROTOCOL]!;
    const name = protocol < 0 || facts.version === 0 ? 'not IP' : IP_PROTOCOL_NAMES[protocol]!;
    return { rank: TRANSPORT_RANK, text: `the packet is ${name}` };
  }

  private endpoints(h: number): HeaderReason | undefined {
    const { facts, image } = this;
    const ways: HeaderReason[] = [];
    const bothWays = Header.OPTION_BIDIRECTIONAL | Header.OPTION_TRANSACTIONAL;
    const there = this.oneDirection(
      h,
      facts.source,
      facts.destination,
      facts.sourcePort,
      facts.destinationPort,
    );
    if (!there) return undefined;
    ways.push(there);
    if (image.header[h + Header.OPTIONS]! & bothWays) {
      const back = this.oneDirection(
        h,
        facts.destination,
        facts.source,
        facts.destinationPort,
        facts.sourcePort,
      );
      if (!back) return undefined;
      ways.push(back);
    }
    return { rank: ENDPOINT_RANK, text: ways.map(way => way.text).join('; in the other direction ') };
  }

  private oneDirection(
    h: number,
    source: number,
    destination: number,
    sourcePort: number,
    destinationPort: number,
  ): HeaderReason | undefined {
    const { header } = this.image;
    const text =
      this.port('destination', header[h + Header.DESTINATION_PORTS]!, destinationPort) ??
      this.port('source', header[h + Header.SOURCE_PORTS]!, sourcePort) ??
      this.address('source', header[h + Header.SOURCE]!, source) ??
      this.address('destination', header[h + Header.DESTINATION]!, destination);
    return text === undefined ? undefined : { rank: ENDPOINT_RANK, text };
  }

  private port(side: string, set: number, port: number): string | undefined {
    if (set < 0 || hasPort(this.image.ports, set, port)) return undefined;
    return `the ${side} port is ${port}`;
  }

  private address(side: string, set: number, at: number): string | undefined {
    if (set < 0) return undefined;
    const { addresses, version } = this.facts;
    const { image } = this;
    if (version === 4 && hasAddress4(image.addresses, set, addresses.getUint32(at))) return undefined;
    if (version === 6 && hasAddress6(image.addresses, set, addresses, at)) return undefined;
    if (version === 0) return `there is no ${side} address`;
    const bytes = new Uint8Array(addresses.buffer, addresses.byteOffset, addresses.byteLength);
    return `the ${side} address is ${addressText(bytes, at, version)}`;
  }

  private application(h: number): HeaderReason | undefined {
    const set = this.image.header[h + Header.APPLICATION]!;
    const { image } = this;
    const needed = (image.header[h + Header.REQUIRED]! & Header.NEED_APPLICATION) !== 0;
    if (set < 0 && !needed) return undefined;
    const name = this.applicationName();
    if (name === undefined)
      return {
        rank: APPLICATION_RANK,
        text: 'the application protocol of the flow is unknown, or not yet detected',
      };
    const known = image.applicationNames.indexOf(name);
    if (holdsApplication(image, set, known)) return undefined;
    return { rank: APPLICATION_RANK, text: `the application protocol of the flow is ${name}` };
  }

  private requirements(h: number): HeaderReason | undefined {
    const missing = this.image.header[h + Header.REQUIRED]! & ~this.have();
    const at = NEEDS.findIndex(([bit]) => (missing & bit) !== 0);
    return at < 0 ? undefined : { rank: NEED_RANK + at, text: NEEDS[at]![1] };
  }

  /** Application protocol of the packet's flow, if known at that packet. */
  applicationName(): string | undefined {
    const { facts } = this;
    if (facts.flow < 0) return undefined;
    const number = knownApplication(this.memory.row[facts.p + Packet.FLOW_STATE]!, this.flows.row, facts.f);
    return number > 0 ? this.protocols[number - 1] : undefined;
  }

  /** Properties of the packet; rules with only addresses are evaluated for the first packet of each direction. */
  private have(): number {
    const { facts } = this;
    if (facts.flow < 0) return facts.satisfied;
    const seen = this.flows.row[facts.f + Flow.DETECT_FLAGS]! & (facts.toServer ? 1 : 2);
    return seen ? facts.satisfied : facts.satisfied | Header.NEED_FIRST_OF_DIRECTION;
  }
}
