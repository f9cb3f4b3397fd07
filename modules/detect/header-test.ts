/** Whether the header conditions of a signature hold for the packet in hand: numbers only, no object is touched. */
import { hasAddress4, hasAddress6, hasPort } from '../../signatures/compile/address-sets.js';
import { holdsApplication } from '../../signatures/compile/application-sets.js';
import * as Header from '../../signatures/compile/header.js';
import type { RuleSetImage } from '../../signatures/compile/image.js';
import type { PacketFacts } from './packet-facts.js';

export class HeaderTest {
  /** Number of the flow's application protocol among `image.applicationNames`, -1 when it is none of them. */
  application = -1;

  constructor(
    private readonly image: RuleSetImage,
    private readonly facts: PacketFacts,
  ) {}

  /** What is cheapest and decides most: transport, direction, state, size, application protocol. */
  quick(signature: number): boolean {
    const { header } = this.image;
    const h = signature * Header.INTS;
    if ((header[h + Header.REQUIRED]! & ~this.facts.have) !== 0) return false;
    if ((header[h + Header.TRANSPORTS]! & this.facts.transport) === 0) return false;
    return this.fits(h) && this.hasApplication(h);
  }

  /** Protocol, addresses and ports: what other packets of the flow do not change. */
  isForFlow(signature: number): boolean {
    const h = signature * Header.INTS;
    const transports = this.image.header[h + Header.TRANSPORTS]!;
    return (transports & this.facts.transport) !== 0 && this.hasApplication(h) && this.endpoints(signature);
  }

  private hasApplication(h: number): boolean {
    return holdsApplication(this.image, this.image.header[h + Header.APPLICATION]!, this.application);
  }

  /** The payload has a size that the signature asks for. */
  protected fits(h: number): boolean {
    const { header } = this.image;
    const { payloadLength } = this.facts;
    return (
      payloadLength >= header[h + Header.PAYLOAD_MINIMUM]! &&
      payloadLength <= header[h + Header.PAYLOAD_MAXIMUM]!
    );
  }

  /** All of it: whether it is worth while to look at the signature. */
  applies(signature: number): boolean {
    return this.quick(signature) && this.endpoints(signature);
  }

  /** All of it, for a signature that is evaluated now. */
  holds(signature: number): boolean {
    return this.applies(signature);
  }

  /** Addresses and ports, one way or, for `<>`, the other. */
  endpoints(signature: number): boolean {
    const { header } = this.image;
    const h = signature * Header.INTS;
    const { facts } = this;
    if (this.oneWay(h, facts.source, facts.destination, facts.sourcePort, facts.destinationPort)) return true;
    if ((header[h + Header.OPTIONS]! & (Header.OPTION_BIDIRECTIONAL | Header.OPTION_TRANSACTIONAL)) === 0)
      return false;
    return this.oneWay(h, facts.destination, facts.source, facts.destinationPort, facts.sourcePort);
  }

  private oneWay(
    h: number,
    source: number,
    destination: number,
    sourcePort: number,
    destinationPort: number,
  ): boolean {
    const { header } = this.image;
    return (
      this.portIn(header[h + Header.DESTINATION_PORTS]!, destinationPort) &&
      this.portIn(header[h + Header.SOURCE_PORTS]!, sourcePort) &&
      this.addressIn(header[h + Header.SOURCE]!, source) &&
      this.addressIn(header[h + Header.DESTINATION]!, destination)
    );
  }

  private portIn(set: number, port: number): boolean {
    return set < 0 || hasPort(this.image.ports, set, port);
  }

  private addressIn(set: number, at: number): boolean {
    if (set < 0) return true;
    const { addresses, version } = this.facts;
    if (version === 4) return hasAddress4(this.image.addresses, set, addresses.getUint32(at));
    return version === 6 && hasAddress6(this.image.addresses, set, addresses, at);
  }
}
