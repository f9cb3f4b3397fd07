/** Sends packets through raw sockets that were opened for all threads. */
import type { Native } from '../native.js';
import type { PacketSender } from './packet-sender.js';

export class RawSender implements PacketSender {
  /** @param sockets for IPv4 and IPv6; -1 if none */
  constructor(
    private readonly native: Native,
    private readonly sockets: readonly [number, number],
  ) {}

  send(bytes: Uint8Array, length: number): boolean {
    const socket = this.sockets[bytes[0]! >> 4 === 6 ? 1 : 0];
    return socket >= 0 && this.native.sendRaw(socket, bytes, length);
  }
}

/**
 * Opens the sockets.
 * @param mark set on every packet; 0: none  @param device outgoing device; '': by routing
 * @throws Error if neither can be opened
 */
export function openRawSockets(native: Native, mark: number, device: string): [number, number] {
  const v4 = native.openRawSocket(4, mark, device);
  try {
    return [v4, native.openRawSocket(6, mark, device)];
  } catch {
    // A system without IPv6 needs no IPv6 socket.
    return [v4, -1];
  }
}
