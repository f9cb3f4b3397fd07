/**
 * Facts about the current packet tested by header conditions, computed once: transport, direction, state, addresses
 * and ports. One object per thread.
 */
import type { FlowRows } from '../../engine/flow/flow-record.js';
import * as Flow from '../../engine/flow/flow-record.js';
import { knownApplication } from '../../engine/flow/known-application.js';
import type { Memory } from '../../engine/memory.js';
import * as Packet from '../../engine/packet.js';
import * as Header from '../../signatures/compile/header.js';
import * as Traits from '../../signatures/compile/traits.js';

const ICMP = 1;
const TCP = 6;
const UDP = 17;
const ICMPV6 = 58;
const SCTP = 132;

const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;

export class PacketFacts {
  slot = 0;
  p = 0;
  flow = -1;
  f = 0;
  /** Bits of `Header.NEED_` constants that the packet satisfies. */
  satisfied = 0;
  /** Its transport, one bit. */
  transport = 0;
  toServer = true;
  version = 0;
  /** View of the addresses, network byte order. */
  addresses: DataView;
  source = 0;
  destination = 0;
  sourcePort = 0;
  destinationPort = 0;
  payloadLength = 0;

  private readonly row: Int32Array;
  private readonly flows: Int32Array;
  private readonly flowView: DataView;

  constructor(
    private readonly memory: Memory,
    rows: FlowRows,
  ) {
    this.row = memory.row;
    this.flows = rows.row;
    this.flowView = new DataView(rows.bytes.buffer, rows.bytes.byteOffset, rows.bytes.byteLength);
    this.addresses = memory.view;
  }

  /** Loads the packet of a slot, in its own direction. */
  load(slot: number): void {
    const { row } = this;
    const p = slot * Packet.INTS;
    this.slot = slot;
    this.p = p;
    this.flow = row[p + Packet.FLOW]!;
    this.f = this.flow * Flow.INTS;
    this.version = row[p + Packet.IP_VERSION]!;
    this.transport = transportOf(row[p + Packet.PROTOCOL]!, this.version, row[p + Packet.L3]!);
    this.toServer = this.flow < 0 || (row[p + Packet.FLOW_STATE]! & Packet.FLOW_TO_SERVER) !== 0;
    this.payloadLength = row[p + Packet.PAYLOAD_LENGTH]!;
    if (row[p + Packet.L3]! > 0) this.loadAddresses(p);
    else if (this.flow >= 0) this.loadFlowAddresses();
    this.satisfied = this.satisfiedBy(p);
  }

  /** Switches to the other direction of a flow that has ended (a received packet has only its own direction). */
  setDirection(toServer: boolean): void {
    this.toServer = toServer;
    this.loadFlowAddresses();
    this.satisfied &= ~(Header.NEED_TO_SERVER | Header.NEED_TO_CLIENT);
    this.satisfied |= toServer ? Header.NEED_TO_SERVER : Header.NEED_TO_CLIENT;
  }

  /** Remaining data of a stream at the end of its flow counts as data of an established session. */
  establish(): void {
    this.satisfied &= ~Header.NEED_NOT_ESTABLISHED;
    this.satisfied |= Header.NEED_ESTABLISHED;
  }

  /** For a transaction: its flow had the transaction's protocol, whatever it is now. */
  setApplicationKnown(): void {
    this.satisfied |= Header.NEED_APPLICATION;
  }

  private loadAddresses(p: number): void {
    const { row } = this;
    const header = row[p + Packet.L3]!;
    this.addresses = this.memory.view;
    this.source = header + (this.version === 4 ? 12 : 8);
    this.destination = header + (this.version === 4 ? 16 : 24);
    this.sourcePort = row[p + Packet.SOURCE_PORT]!;
    this.destinationPort = row[p + Packet.DESTINATION_PORT]!;
  }

  private loadFlowAddresses(): void {
    const { flows, f } = this;
    const client = (f + Flow.CLIENT_ADDRESS) * 4;
    const server = (f + Flow.SERVER_ADDRESS) * 4;
    this.addresses = this.flowView;
    this.version = flows[f + Flow.IP_VERSION]!;
    this.source = this.toServer ? client : server;
    this.destination = this.toServer ? server : client;
    this.sourcePort = flows[f + (this.toServer ? Flow.CLIENT_PORT : Flow.SERVER_PORT)]!;
    this.destinationPort = flows[f + (this.toServer ? Flow.SERVER_PORT : Flow.CLIENT_PORT)]!;
  }

  private satisfiedBy(p: number): number {
    const { row } = this;
    const flags = row[p + Packet.FLAGS]!;
    let have = this.version === 4 ? Header.NEED_IPV4 : this.version === 6 ? Header.NEED_IPV6 : 0;
    have |= flags & Packet.FLAG_REASSEMBLED ? Header.NEED_FRAGMENT : Header.NEED_NO_FRAGMENT;
    if (flags & Packet.FLAG_HAS_EVENTS) have |= Header.NEED_EVENTS;
    if ((flags & Packet.FLAG_INVALID) === 0) have |= Header.NEED_VALID;
    if (this.payloadLength > 0) have |= Header.NEED_PAYLOAD;
    if (this.transport === Traits.TCP) have |= tcpFlags(row[p + Packet.TCP_FLAGS]!);
    return have | (this.flow >= 0 ? this.flowState(p) : Header.NEED_FIRST_OF_DIRECTION);
  }

  private flowState(p: number): number {
    const state = this.row[p + Packet.FLOW_STATE]!;
    let have = Header.NEED_FLOW | (this.toServer ? Header.NEED_TO_SERVER : Header.NEED_TO_CLIENT);
    have |= state & Packet.FLOW_ESTABLISHED ? Header.NEED_ESTABLISHED : Header.NEED_NOT_ESTABLISHED;
    // The hook flow_start applies to the first packet of each direction.
    if (state & Packet.FLOW_FIRST_IN_DIRECTION) have |= Header.NEED_FLOW_START;
    if (knownApplication(state, this.flows, this.f) > 0) have |= Header.NEED_APPLICATION;
    return have;
  }
}

/** @param network offset of its network header: without IP, only ARP has one */
function transportOf(protocol: number, version: number, network: number): number {
  switch (protocol) {
    case TCP:
      return Traits.TCP;
    case UDP:
      return Traits.UDP;
    case ICMP:
      return Traits.ICMP;
    case ICMPV6:
      return Traits.ICMP6;
    case SCTP:
      return Traits.SCTP;
    default:
      if (version !== 0) return Traits.OTHER_IP;
      return network > 0 ? Traits.ARP : Traits.NOT_IP;
  }
}

function tcpFlags(flags: number): number {
  return (
    (flags & SYN ? Header.NEED_SYN : Header.NEED_NO_SYN) |
    (flags & ACK ? Header.NEED_ACK : Header.NEED_NO_ACK) |
    (flags & FIN ? Header.NEED_FIN : 0) |
    (flags & RST ? Header.NEED_RST : 0)
  );
}
