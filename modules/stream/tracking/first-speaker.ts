/**
 * Whether the first segment of a session picked up midstream comes from the client or the server: its payload may be
 * one
 * that only a server sends.
 */
import { loadProtocols, PROTOCOL_PLUGINS, parserMode } from '../../../engine/application/load-protocols.js';
import { Recogniser } from '../../../engine/application/recognition.js';
import type { Thread } from '../../../engine/module.js';
import * as Packet from '../../../engine/packet.js';
import type { Segment } from './segment.js';

/** The first port above the system ports (RFC 6335). */
const FIRST_USER_PORT = 1024;

export class FirstSpeaker {
  /** @param recogniser undefined when protocols are not known: then only the ports decide */
  constructor(
    private readonly row: Int32Array,
    private readonly bytes: Uint8Array,
    private readonly recogniser: Recogniser | undefined,
  ) {}

  /**
   * Whether it is the server: by its payload, or by a system port on its side alone. NFS clients also use such ports,
   * so a sender to a known protocol port is not taken for the server.
   */
  isServer(x: Segment): boolean {
    const source = this.row[x.p + Packet.SOURCE_PORT]!;
    const destination = this.row[x.p + Packet.DESTINATION_PORT]!;
    const { payload, length } = x;
    const answer = this.recogniser?.recognise(
      'tcp',
      true,
      destination,
      source,
      this.bytes,
      payload,
      payload + length,
    );
    if (typeof answer === 'object' && answer.reversed) return true;
    if (this.isKnown(destination) && !this.isKnown(source)) return false;
    return source < FIRST_USER_PORT && destination >= FIRST_USER_PORT;
  }

  private isKnown(port: number): boolean {
    return this.recogniser?.isServerPort('tcp', port) === true;
  }
}

/** The recogniser of all enabled protocols. */
export async function recogniserFor({ config }: Thread): Promise<Recogniser> {
  const protocols = await loadProtocols(config.read(PROTOCOL_PLUGINS));
  return new Recogniser(
    protocols.filter(protocol => parserMode(protocol, config) !== 'no'),
    config,
  );
}
