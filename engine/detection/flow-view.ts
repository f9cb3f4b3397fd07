/** A flow as detections see it: read from the flow's record when asked, nothing is copied. */
import { addressText } from '../address.js';
import * as Flow from '../flow-record.js';
import type { Watch } from './watch.js';

const PROTOCOLS: Readonly<Record<number, string>> = {
  1: 'icmp',
  6: 'tcp',
  17: 'udp',
  58: 'icmp6',
  132: 'sctp',
};

/** A flow: its ends, its times, its counts, its bits. */
export class FlowView {
  constructor(
    protected readonly watch: Watch,
    /** Row of the flow in the flow table: its number among the flows that live now. */
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

  /** Application protocol as far as it is known: `http`, `dns` … */
  get application(): string | undefined {
    return this.watch.applicationName(this.field(Flow.APP_PROTOCOL));
  }

  /** Time of the first packet, seconds since the epoch. */
  get started(): number {
    return (this.field(Flow.START_SECONDS) >>> 0) + this.field(Flow.START_NANOSECONDS) / 1e9;
  }

  /** Time of the last packet. */
  get lastSeen(): number {
    return (this.field(Flow.LAST_SECONDS) >>> 0) + this.field(Flow.LAST_NANOSECONDS) / 1e9;
  }

  /** Packets of the direction so far. */
  get packetsToServer(): number {
    return this.field(Flow.PACKETS_TO_SERVER) >>> 0;
  }

  /** Packets of the direction so far. */
  get packetsToClient(): number {
    return this.field(Flow.PACKETS_TO_CLIENT) >>> 0;
  }

  /** Bytes of packets, with their headers. */
  get bytesToServer(): number {
    return this.watch.flows.row64[this.number * Flow.DOUBLES + Flow.BYTES_TO_SERVER]!;
  }

  /** The same of the other direction. */
  get bytesToClient(): number {
    return this.watch.flows.row64[this.number * Flow.DOUBLES + Flow.BYTES_TO_CLIENT]!;
  }

  /** All flags of TCP segments seen in a direction, as in a TCP header. */
  get tcpFlagsToServer(): number {
    return this.field(Flow.TCP_FLAGS_TO_SERVER);
  }

  /** The same of the other direction. */
  get tcpFlagsToClient(): number {
    return this.field(Flow.TCP_FLAGS_TO_CLIENT);
  }

  /** Sets a flowbit: signatures see it from the next packet on, other detections at once. */
  setBit(name: string): void {
    this.watch.bits.set(this.number, name, true);
  }

  /** Takes a flowbit back. */
  clearBit(name: string): void {
    this.watch.bits.set(this.number, name, false);
  }

  /** A flowbit is set, by a signature or a detection. */
  hasBit(name: string): boolean {
    return this.watch.bits.has(this.number, name);
  }

  private field(column: number): number {
    return this.watch.flows.row[this.number * Flow.INTS + column]!;
  }

  private address(column: number): string {
    const { bytes, row } = this.watch.flows;
    const f = this.number * Flow.INTS;
    return addressText(bytes, (f + column) * 4, row[f + Flow.IP_VERSION]!);
  }
}
