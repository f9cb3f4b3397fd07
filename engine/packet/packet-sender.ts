/**
 * Sends packets of the engine's own. Live acquire modules offer one to their thread as service `packet-sender`; in
 * replay there is none, since there is nobody to answer.
 */
export interface PacketSender {
  /**
   * Sends `bytes[0, length)`, which begin with an IP header.
   * @returns false when the system refused
   */
  send(bytes: Uint8Array, length: number): boolean;
}

export const PACKET_SENDER = 'packet-sender';
