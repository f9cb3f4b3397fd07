/** The current packet as detections see it. There is one view per thread, always of the current packet. */
import type { Memory } from '../memory.js';
import * as Packet from '../packet.js';

/** A packet: its time, direction and payload. */
export class PacketView {
  /** Slot of the packet. */
  slot = 0;

  constructor(private readonly memory: Memory) {}

  /** Seconds since the epoch, with a fraction. */
  get time(): number {
    return Packet.secondsOf(this.memory.row, this.slot * Packet.INTS) + this.field(Packet.NANOSECONDS) / 1e9;
  }

  /** Number of the packet in its source, from 1. */
  get number(): number {
    return Packet.numberOf(this.memory.row, this.slot * Packet.INTS);
  }

  /** It goes from the client to the server. */
  get toServer(): boolean {
    return (this.field(Packet.FLOW_STATE) & Packet.FLOW_TO_SERVER) !== 0;
  }

  /** Bytes on the wire. */
  get length(): number {
    return this.field(Packet.WIRE_LENGTH);
  }

  /** Bytes of `payload`. */
  get payloadLength(): number {
    return this.field(Packet.PAYLOAD_LENGTH);
  }

  /** Its payload: valid until the function returns, copy it to keep it. */
  get payload(): Uint8Array {
    const start = this.field(Packet.PAYLOAD);
    return this.memory.bytes.subarray(start, start + this.field(Packet.PAYLOAD_LENGTH));
  }

  /** The flag byte of a TCP header: FIN 1, SYN 2, RST 4, PSH 8, ACK 16. */
  get tcpFlags(): number {
    return this.field(Packet.TCP_FLAGS);
  }

  private field(field: number): number {
    return this.memory.row[this.slot * Packet.INTS + field]!;
  }
}
