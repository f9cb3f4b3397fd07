/** A place that packets of live traffic come from: a queue of the kernel, the ring of a device. */
export interface PacketSource {
  /** Link type of its packets. */
  readonly linkType: number;
  /** `Packet.SOURCE` of its packets. */
  readonly source: number;
  /**
   * Takes what is there, without waiting, into `bytes[from, to)`.
   * @param packets room for QUEUED_INTS each (see `native/queue.ts`)
   * @param tally its TALLY_BYTES says how many bytes were used
   * @returns number of packets
   */
  receive(bytes: Uint8Array, from: number, to: number, packets: Uint32Array, tally: Uint32Array): number;
  /**
   * Completes the row of a packet: what every packet has is there.
   * @param packets as `receive` has filled it  @param q where the packet begins there
   * @returns false for a packet that is not inspected: what becomes of it is settled
   */
  admit(slot: number, packets: Uint32Array, q: number): boolean;
}
