/** Common part of the capture format readers. */

/** A packet in a capture. One object is reused for all packets. */
export interface CapturedPacket {
  /** Offset of its bytes in `Memory.bytes`. */
  data: number;
  length: number;
  /** Length on the wire. */
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

/** Maximum bytes of one packet, as in tcpdump and Wireshark; a record with more is invalid. */
export const MAXIMUM_PACKET = 262_144;

export interface CaptureFormat {
  /**
   * Reads the next packet.
   * @returns READY when `packet` describes it, WAIT or END (see `block-window.ts`)
   * @throws CaptureError if the file is damaged; nothing can be read after that
   */
  next(packet: CapturedPacket): number;
}
