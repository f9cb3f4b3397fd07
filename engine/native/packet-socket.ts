/** Packet sockets of the addon: receiving with a ring (AF_PACKET), and sending. */

export interface RingSettings {
  /** Bytes of a block (a multiple of the page size), and number of blocks. */
  readonly blockSize: number;
  readonly blocks: number;
  /** Milliseconds after which a block that is not full is passed to user space. */
  readonly timeout: number;
  /**
   * Sockets of one group share the packets of a device, by PACKET_FANOUT_ type with its flags. 0: no group, or with
   * FANOUT_NEW_GROUP an unused one.
   */
  readonly fanout: number;
  readonly fanoutType: number;
  readonly promiscuous: boolean;
  /** Ignores packets sent by this host. */
  readonly ignoreOutgoing: boolean;
}

/** PACKET_FANOUT_FLAG_UNIQUEID: the kernel chooses the number of the group. */
export const FANOUT_NEW_GROUP = 0x2000;

/** A ring as mapped by one thread. */
export interface PacketRing {
  readonly _ring: never;
}

export interface NativePacketSockets {
  /** Opens an AF_PACKET socket with a ring. @throws Error naming the device and what is refused */
  openPacketSocket(device: string, settings: RingSettings): number;
  /** Maps the ring of a socket; one thread at a time reads it. */
  mapRing(socket: number, blockSize: number, blocks: number): PacketRing;
  /** Unmaps its memory: nothing is received from it any more. */
  closeRing(ring: PacketRing): void;
  /** Number of the group of a socket; 0: none. */
  fanoutGroup(socket: number): number;
  /**
   * Makes `socket` refer to what `by` referred to, whose number is closed, for all threads at once (dup2). @throws
   * Error
   */
  replaceSocket(socket: number, by: number): void;
  /** Index of a device; 0: no such device. */
  deviceIndex(device: string): number;
  /**
   * Like `queueReceive`, from a ring. In the tally TALLY_BYTES is set, and TALLY_ERROR if nothing was received;
   * QUEUED_ID is 0, QUEUED_HOOK a PACKET_ type.
   */
  ringReceive(
    ring: PacketRing,
    bytes: Uint8Array,
    from: number,
    to: number,
    largest: number,
    packets: Uint32Array,
    tally: Uint32Array,
  ): number;
  /** Packets and packets dropped since the last call. */
  packetStatistics(socket: number, out: Uint32Array): void;
  /** ARPHRD_ type of a device. @throws Error if there is no such device */
  deviceType(device: string): number;
  /** Sends frames: pairs of offset and length in `bytes`. @returns how many were sent */
  sendFrames(socket: number, bytes: Uint8Array, frames: Uint32Array, count: number): number;

  /**
   * Opens a raw socket that sends IP packets with the caller's headers. `mark` is set on each (0: none), `device` is
   * the outgoing device ('': by routing). @throws Error with the system's reason
   */
  openRawSocket(version: 4 | 6, mark: number, device: string): number;
  /** Sends `bytes[0, length)`, which begin with an IP header. @returns false if the system refused */
  sendRaw(socket: number, bytes: Uint8Array, length: number): boolean;
}
