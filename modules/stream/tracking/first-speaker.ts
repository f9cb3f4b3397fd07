/**
 * Who speaks in the first segment of a session that is picked up in mid-stream: what it says may be what only a server
 * says.
 */
import { enabling, loadProtocols, PROTOCOL_PLUGINS } from '../../../engine/application/load-protocols.js';
import { Recogniser } from '../../../engine/application/recognition.js';
import type { Thread } from '../../../engine/module.js';
import * as Packet from '../../../engine/packet.js';
import type { Segment } from './segment.js';

/** The first port that is no port of the system (RFC 6335). */
const FIRST_USER_PORT = 1024;

export class FirstSpeaker {
  /** @param recogniser undefined where protocols are not known: the ports alone tell then */
  constructor(
    private readonly row: Int32Array,
    private readonly bytes: Uint8Array,
    private readonly recogniser: Recogniser | undefined,
  ) {}

  /**
   * Whether it is the server: its payload says so, or a port of the system on its side alone. Clients of NFS have such
   * ports too: who speaks to the port of a protocol is no server.
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

/** What recognises the protocols that are on. */
export async function recogniserFor({ config }: Thread): Promise<Recogniser> {
  const protocols = await loadProtocols(config.read(PROTOCOL_PLUGINS));
  return new Recogniser(
    protocols.filter(protocol => enabling(protocol, config) !== 'no'),
    config,
  );
}
