/**
 * Sends packets created by the engine. Live acquire modules provide one to their thread as service `packet-sender`;
 * none in replay, as there is no peer to answer.
 */
export interface PacketSender {
  /**
   * Sends `bytes[0, length)`, which begin with an IP header.
   * @returns false if the system refused
   */
  send(bytes: Uint8Array, length: number): boolean;
}

export const PACKET_SENDER = 'packet-sender';
