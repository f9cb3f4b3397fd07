/**
 * The key of a packet's flow, laid out as the first columns of a flow record so that the two compare
 * column by column and a new record begins as a copy of the key.
 */
import { boolean, option } from '../../engine/config/option.js';
import * as FlowRecord from '../../engine/flow/flow-record.js';
import type { Thread } from '../../engine/module.js';
import { counterpartOf4, counterpartOf6, isError4 } from '../../engine/packet/icmp-type.js';
import * as Packet from '../../engine/packet.js';

export const vlanTracking = option('vlan.use-for-tracking', boolean, true, 'VLAN ids are part of a flow');
export const recursionTracking = option(
  'decoder.recursion-level.use-for-tracking',
  boolean,
  true,
  'the depth in tunnels is part of a flow',
);

/** Columns of the record that the key fills. */
export const KEY_INTS = 20;

const ICMP = 1;
const IPV4_IN_IP = 4;
const TCP = 6;
const UDP = 17;
const ESP = 50;
const IPV6_IN_IP = 41;
const ICMPV6 = 58;
const SCTP = 132;

/** The packet does not belong to the flow, goes to the server, or to the client. */
export const OTHER = 0;
export const TO_SERVER = 1;
export const TO_CLIENT = 2;

export class PacketKey {
  readonly columns = new Int32Array(KEY_INTS);
  private readonly row: Int32Array;
  private readonly view: DataView;
  private readonly flowRow: Int32Array;
  private readonly vlans: boolean;
  private readonly recursion: boolean;

  constructor(thread: Thread) {
    this.row = thread.memory.row;
    this.view = thread.memory.view;
    this.flowRow = thread.flows.row;
    this.vlans = thread.config.read(vlanTracking);
    this.recursion = thread.config.read(recursionTracking);
  }

  /** Reads the key of the packet at `p = slot * Packet.INTS`. */
  read(p: number): void {
    const { row } = this;
    this.readSurroundings(p);
    const l3 = row[p + Packet.L3]!;
    const protocol = row[p + Packet.PROTOCOL]!;
    if (row[p + Packet.IP_VERSION] === 4) this.setAddresses4(l3 + 12);
    else this.setAddresses6(l3 + 8);
    this.columns[FlowRecord.PROTOCOL] = protocol;
    if (protocol === TCP || protocol === UDP || protocol === SCTP) {
      this.setPorts(row[p + Packet.SOURCE_PORT]!, row[p + Packet.DESTINATION_PORT]!);
    } else if (protocol === ESP) {
      this.setPorts(row[p + Packet.TCP_SEQ]!, row[p + Packet.TCP_SEQ]!);
    } else if (protocol === IPV4_IN_IP || protocol === IPV6_IN_IP) {
      this.setPorts(0, 0);
    } else {
      this.setIcmpPorts(protocol, row[p + Packet.SOURCE_PORT]!, row[p + Packet.DESTINATION_PORT]!);
    }
  }

  /**
   * Reads the key of the packet quoted by an ICMP error (RFC 792, RFC 4443 section 3).
   * @returns false when it is truncated too early, or does not belong to a flow
   */
  readQuoted(p: number): boolean {
    const { row, view } = this;
    const at = row[p + Packet.L4]! + 8;
    const end = row[p + Packet.DATA]! + row[p + Packet.LENGTH]!;
    if (at + 20 > end) return false;
    const version = view.getUint8(at) >>> 4;
    const header = version === 4 ? (view.getUint8(at) & 15) * 4 : 40;
    if (version !== row[p + Packet.IP_VERSION]! || header < 20 || at + header + 8 > end) return false;
    const protocol = view.getUint8(at + (version === 4 ? 9 : 6));
    this.readSurroundings(p);
    if (version === 4) this.setAddresses4(at + 12);
    else this.setAddresses6(at + 8);
    this.columns[FlowRecord.PROTOCOL] = protocol;
    return this.readQuotedPorts(protocol, at + header);
  }

  private readQuotedPorts(protocol: number, l4: number): boolean {
    const { view } = this;
    if (protocol === TCP || protocol === UDP || protocol === SCTP) {
      this.setPorts(view.getUint16(l4), view.getUint16(l4 + 2));
    } else if (protocol === ICMP || protocol === ICMPV6) {
      this.setIcmpPorts(protocol, view.getUint8(l4), view.getUint8(l4 + 1));
    } else {
      return false;
    }
    return true;
  }

  /** @returns OTHER, TO_SERVER or TO_CLIENT for the flow in `flow` */
  compare(flow: number): number {
    const { columns: k, flowRow: r } = this;
    const f = flow * FlowRecord.INTS;
    if (
      k[FlowRecord.PROTOCOL] !== r[f + FlowRecord.PROTOCOL] ||
      k[FlowRecord.IP_VERSION] !== r[f + FlowRecord.IP_VERSION] ||
      k[FlowRecord.RECURSION] !== r[f + FlowRecord.RECURSION] ||
      (this.vlans && !this.sameVlans(f))
    ) {
      return OTHER;
    }
    const wide = k[FlowRecord.IP_VERSION] === 6;
    if (
      k[FlowRecord.CLIENT_PORT] === r[f + FlowRecord.CLIENT_PORT] &&
      k[FlowRecord.SERVER_PORT] === r[f + FlowRecord.SERVER_PORT] &&
      this.sameAddress(FlowRecord.CLIENT_ADDRESS, f + FlowRecord.CLIENT_ADDRESS, wide) &&
      this.sameAddress(FlowRecord.SERVER_ADDRESS, f + FlowRecord.SERVER_ADDRESS, wide)
    ) {
      return TO_SERVER;
    }
    return k[FlowRecord.CLIENT_PORT] === r[f + FlowRecord.SERVER_PORT] &&
      k[FlowRecord.SERVER_PORT] === r[f + FlowRecord.CLIENT_PORT] &&
      this.sameAddress(FlowRecord.CLIENT_ADDRESS, f + FlowRecord.SERVER_ADDRESS, wide) &&
      this.sameAddress(FlowRecord.SERVER_ADDRESS, f + FlowRecord.CLIENT_ADDRESS, wide)
      ? TO_CLIENT
      : OTHER;
  }

  private sameVlans(f: number): boolean {
    const { columns: k, flowRow: r } = this;
    const count = k[FlowRecord.VLAN_COUNT]!;
    if (count !== r[f + FlowRecord.VLAN_COUNT]) return false;
    return (
      count === 0 ||
      (k[FlowRecord.VLAN_ID_0] === r[f + FlowRecord.VLAN_ID_0] &&
        k[FlowRecord.VLAN_ID_1] === r[f + FlowRecord.VLAN_ID_1] &&
        k[FlowRecord.VLAN_ID_2] === r[f + FlowRecord.VLAN_ID_2])
    );
  }

  private sameAddress(key: number, record: number, wide: boolean): boolean {
    const { columns: k, flowRow: r } = this;
    if (k[key] !== r[record]) return false;
    return (
      !wide || (k[key + 1] === r[record + 1] && k[key + 2] === r[record + 2] && k[key + 3] === r[record + 3])
    );
  }

  /** Encapsulation: recursion level and VLANs, stored for a flow even when they are not part of its key. */
  private readSurroundings(p: number): void {
    const { columns: k, row } = this;
    k[FlowRecord.RECURSION] = this.recursion ? row[p + Packet.RECURSION]! : 0;
    const count = row[p + Packet.VLAN_COUNT]!;
    k[FlowRecord.VLAN_COUNT] = count;
    if (count === 0) return;
    k[FlowRecord.VLAN_ID_0] = row[p + Packet.VLAN_ID_0]!;
    k[FlowRecord.VLAN_ID_1] = count > 1 ? row[p + Packet.VLAN_ID_1]! : 0;
    k[FlowRecord.VLAN_ID_2] = count > 2 ? row[p + Packet.VLAN_ID_2]! : 0;
  }

  private setPorts(source: number, destination: number): void {
    this.columns[FlowRecord.CLIENT_PORT] = source;
    this.columns[FlowRecord.SERVER_PORT] = destination;
  }

  /** Type and code are the source port, the answering type the destination port: a reply then finds the flow. */
  private setIcmpPorts(protocol: number, type: number, code: number): void {
    const counterpart = protocol === ICMP ? counterpartOf4(type) : counterpartOf6(type);
    this.setPorts(type | (code << 8), counterpart < 0 ? 0 : counterpart | (code << 8));
  }

  /** Source and destination are adjacent; only the first column of each is used for IPv4. */
  private setAddresses4(at: number): void {
    const { columns: k, view } = this;
    k[FlowRecord.CLIENT_ADDRESS] = view.getInt32(at, LITTLE_ENDIAN);
    k[FlowRecord.SERVER_ADDRESS] = view.getInt32(at + 4, LITTLE_ENDIAN);
    if (k[FlowRecord.IP_VERSION] !== 4) {
      k.fill(0, FlowRecord.CLIENT_ADDRESS + 1, FlowRecord.CLIENT_ADDRESS + 4);
      k.fill(0, FlowRecord.SERVER_ADDRESS + 1, FlowRecord.SERVER_ADDRESS + 4);
    }
    k[FlowRecord.IP_VERSION] = 4;
  }

  private setAddresses6(at: number): void {
    const { columns: k, view } = this;
    for (let i = 0; i < 8; i++) k[FlowRecord.CLIENT_ADDRESS + i] = view.getInt32(at + i * 4, LITTLE_ENDIAN);
    k[FlowRecord.IP_VERSION] = 6;
  }
}

// Records hold addresses as bytes in network order: read as an int32 in host byte order.
const LITTLE_ENDIAN = new Uint8Array(Int32Array.of(1).buffer)[0] === 1;

const NO_FLOW = Packet.FLAG_INVALID | Packet.FLAG_FRAGMENT | Packet.FLAG_EXCLUDED;

/** Whether packets like the one at `p` belong to flows. */
export function belongsToFlow(row: Int32Array, p: number): boolean {
  if (row[p + Packet.FLAGS]! & NO_FLOW) return false;
  if (row[p + Packet.PSEUDO]! > Packet.PSEUDO_REASSEMBLED) return false;
  const protocol = row[p + Packet.PROTOCOL]!;
  // A tunnel is a flow between its endpoints, whatever is inside.
  if (protocol === IPV4_IN_IP || protocol === IPV6_IN_IP) return true;
  if (row[p + Packet.L4] === 0) return false;
  return (
    protocol === TCP ||
    protocol === UDP ||
    protocol === ICMP ||
    protocol === ICMPV6 ||
    protocol === SCTP ||
    protocol === ESP
  );
}

/** Whether the packet at `p` is an ICMPv4 error, which never begins a flow. */
export function isIcmpError(row: Int32Array, p: number): boolean {
  return row[p + Packet.PROTOCOL] === ICMP && isError4(row[p + Packet.SOURCE_PORT]!);
}
