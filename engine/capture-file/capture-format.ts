/** What the readers of the capture formats have in common. */

/** A packet as a capture has it. One object is used for all packets. */
export interface CapturedPacket {
  /** Offset of its bytes in `Memory.bytes`. */
  data: number;
  length: number;
  /** Bytes it had on the wire. */
  wireLength: number;
  /** LINKTYPE_ value of its bytes. */
  linkType: number;
  /** Seconds since the epoch, as 32 bits, and nanoseconds within the second. */
  seconds: number;
  nanoseconds: number;
}

export function emptyPacket(): CapturedPacket {
  return { data: 0, length: 0, wireLength: 0, linkType: 0, seconds: 0, nanoseconds: 0 };
}

/** Most bytes of one packet, as tcpdump and Wireshark have it; a record that claims more is not believed. */
export const MAXIMUM_PACKET = 262_144;

export interface CaptureFormat {
  /**
   * Reads the next packet.
   * @returns READY when `packet` describes it, WAIT or END (see `block-window.ts`)
   * @throws CaptureError when the file is damaged; nothing can be read after that
   */
  next(packet: CapturedPacket): number;
}
