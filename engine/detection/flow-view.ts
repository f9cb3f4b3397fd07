/** A flow as detections see it: read from the flow record on demand, without copying. */
import { addressText } from '../address.js';
import * as Flow from '../flow/flow-record.js';
import { knownApplication } from '../flow/known-application.js';
import * as Packet from '../packet.js';
import type { ViewContext } from './view-context.js';

const PROTOCOLS: Readonly<Record<number, string>> = {
  1: 'icmp',
  6: 'tcp',
  17: 'udp',
  58: 'icmp6',
  132: 'sctp',
};

/** A flow: its endpoints, times, counts and flowbits. */
export class FlowView {
  constructor(
    protected readonly context: ViewContext,
    /** Row of the flow in the flow table: unique among the current flows. */
    readonly number: number,
  ) {}

  /** As text: `192.0.2.1`, `2001:db8::1` (RFC 5952). */
  get clientAddress(): string {
    return this.address(Flow.CLIENT_ADDRESS);
  }

  /** As text. */
  get serverAddress(): string {
    return this.address(Flow.SERVER_ADDRESS);
  }

  /** 0 without ports. */
  get clientPort(): number {
    return this.field(Flow.CLIENT_PORT);
  }

  /** 0 without ports. */
  get serverPort(): number {
    return this.field(Flow.SERVER_PORT);
  }

  /** `tcp`, `udp`, `icmp`, `icmp6`, `sctp`, or the number as text. */
  get transport(): string {
    const number = this.field(Flow.PROTOCOL);
    return PROTOCOLS[number] ?? String(number);
  }

  /** Application protocol as known at the current packet: `http`, `dns` … */
  get application(): string | undefined {
    const { row } = this.context.flows;
    const p = this.currentRow;
    const f = this.number * Flow.INTS;
    const state = p < 0 ? 0 : this.context.memory.row[p + Packet.FLOW_STATE]!;
    return this.context.applicationName(knownApplication(state, row, f));
  }

  /** Time of the first packet, seconds since the epoch. */
  get started(): number {
    return (this.field(Flow.START_SECONDS) >>> 0) + this.field(Flow.START_NANOSECONDS) / 1e9;
  }

  /** Time of the last packet so far. */
  get lastSeen(): number {
    if (this.currentRow >= 0) return this.context.packet.time;
    return (this.field(Flow.LAST_SECONDS) >>> 0) + this.field(Flow.LAST_NANOSECONDS) / 1e9;
  }

  /** Packets of the direction so far. */
  get packetsToServer(): number {
    return this.packets(true);
  }

  /** Packets of the direction so far. */
  get packetsToClient(): number {
    return this.packets(false);
  }

  /** Bytes of packets so far, including headers. */
  get bytesToServer(): number {
    return this.bytes(Packet.FLOW_BYTES_TO_SERVER, Flow.BYTES_TO_SERVER);
  }

  /** The same for the other direction. */
  get bytesToClient(): number {
    return this.bytes(Packet.FLOW_BYTES_TO_CLIENT, Flow.BYTES_TO_CLIENT);
  }

  /** All TCP flags seen in a direction, as in a TCP header. */
  get tcpFlagsToServer(): number {
    return this.field(Flow.TCP_FLAGS_TO_SERVER);
  }

  /** The same for the other direction. */
  get tcpFlagsToClient(): number {
    return this.field(Flow.TCP_FLAGS_TO_CLIENT);
  }

  /** Sets a flowbit: signatures see it from the next packet on, other detections at once. */
  setBit(name: string): void {
    this.context.bits.set(this.number, name, true);
  }

  /** Clears a flowbit. */
  clearBit(name: string): void {
    this.context.bits.set(this.number, name, false);
  }

  /** Whether a flowbit is set, by a signature or a detection. */
  hasBit(name: string): boolean {
    return this.context.bits.has(this.number, name);
  }

  /**
   * Row of the current packet, if it belongs to this flow and has the flow's counts at that point: the flow record
   * already includes later packets of the same batch. -1 otherwise.
   */
  private get currentRow(): number {
    const { memory, packet } = this.context;
    const p = packet.slot * Packet.INTS;
    const { row } = memory;
    if (row[p + Packet.FLOW] !== this.number) return -1;
    return Packet.flowPacketsOf(row, p, true) + Packet.flowPacketsOf(row, p, false) > 0 ? p : -1;
  }

  private packets(toServer: boolean): number {
    const { memory, flows } = this.context;
    const p = this.currentRow;
    if (p >= 0) return Packet.flowPacketsOf(memory.row, p, toServer);
    return Flow.packetsOf(flows.row, this.number * Flow.INTS, toServer);
  }

  private bytes(inPacket: number, inFlow: number): number {
    const { memory, flows, packet } = this.context;
    if (this.currentRow >= 0) return memory.row64[packet.slot * Packet.DOUBLES + inPacket]!;
    return flows.row64[this.number * Flow.DOUBLES + inFlow]!;
  }

  private field(column: number): number {
    return this.context.flows.row[this.number * Flow.INTS + column]!;
  }

  private address(column: number): string {
    const { bytes, row } = this.context.flows;
    const f = this.number * Flow.INTS;
    return addressText(bytes, (f + column) * 4, row[f + Flow.IP_VERSION]!);
  }
}
