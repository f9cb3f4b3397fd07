/** A source of live packets: a kernel queue, the ring of a device. */
export interface PacketSource {
  /** Link type of its packets. */
  readonly linkType: number;
  /** `Packet.SOURCE` of its packets. */
  readonly source: number;
  /**
   * Receives pending packets, without blocking, into `bytes[from, to)`.
   * @param packets room for QUEUED_INTS each (see `native/queue.ts`)
   * @param tally its TALLY_BYTES is set to the number of bytes used
   * @returns number of packets
   */
  receive(bytes: Uint8Array, from: number, to: number, packets: Uint32Array, tally: Uint32Array): number;
  /**
   * Completes the row of a packet; the common fields are already set.
   * @param packets as filled by `receive`  @param q index of the packet in it
   * @returns false for a packet that is not inspected: it was already handled
   */
  admit(slot: number, packets: Uint32Array, q: number): boolean;
}
