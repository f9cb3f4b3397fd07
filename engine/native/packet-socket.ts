/** Sockets of the addon that packets are received from with a ring (AF_PACKET), or sent on. */

export interface RingSettings {
  /** Bytes of a block (a multiple of the page size), and number of blocks. */
  readonly blockSize: number;
  readonly blocks: number;
  /** Milliseconds after which a block that is not full is handed over. */
  readonly timeout: number;
  /**
   * Sockets of one group share the packets of a device, by PACKET_FANOUT_ type with its flags. 0: no group, or with
   * FANOUT_NEW_GROUP one that nobody has yet.
   */
  readonly fanout: number;
  readonly fanoutType: number;
  readonly promiscuous: boolean;
  /** Leaves out what this host sends. */
  readonly ignoreOutgoing: boolean;
}

/** PACKET_FANOUT_FLAG_UNIQUEID: the kernel chooses the number of the group. */
export const FANOUT_NEW_GROUP = 0x2000;

/** A ring as one thread has mapped it. */
export interface PacketRing {
  readonly _ring: never;
}

export interface NativePacketSockets {
  /** Opens an AF_PACKET socket with a ring. @throws Error that names the device and what is refused */
  openPacketSocket(device: string, settings: RingSettings): number;
  /** Maps the ring of a socket; one thread at a time reads it. */
  mapRing(socket: number, blockSize: number, blocks: number): PacketRing;
  /** Gives its memory back: nothing comes from it any more. */
  closeRing(ring: PacketRing): void;
  /** Number of the group of a socket; 0: none. */
  fanoutGroup(socket: number): number;
  /** Makes `socket` what `by` was, whose number is closed, for all threads at once. @throws Error */
  replaceSocket(socket: number, by: number): void;
  /** Index of a device; 0: there is none of that name. */
  deviceIndex(device: string): number;
  /**
   * As `queueReceive`, from a ring. Of the tally TALLY_BYTES is set, and TALLY_ERROR where nothing came; QUEUED_ID is 0,
   * QUEUED_HOOK a PACKET_ type.
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
  /** ARPHRD_ type of a device. @throws Error when there is no such device */
  deviceType(device: string): number;
  /** Sends frames: pairs of offset and length in `bytes`. @returns how many were taken */
  sendFrames(socket: number, bytes: Uint8Array, frames: Uint32Array, count: number): number;

  /**
   * Opens a socket that sends IP packets of the caller's making. `mark` is put on each (0: none), `device` is where
   * they leave ('': as routes say). @throws Error with the system's reason
   */
  openRawSocket(version: 4 | 6, mark: number, device: string): number;
  /** Sends `bytes[0, length)`, which begin with an IP header. @returns false when the system refused */
  sendRaw(socket: number, bytes: Uint8Array, length: number): boolean;
}
