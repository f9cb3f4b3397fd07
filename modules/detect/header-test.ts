/** Whether the header conditions of a signature hold for the current packet: uses numbers only, no objects. */
import { hasAddress4, hasAddress6, hasPort } from '../../signatures/compile/address-sets.js';
import { holdsApplication } from '../../signatures/compile/application-sets.js';
import * as Header from '../../signatures/compile/header.js';
import type { RuleSetImage } from '../../signatures/compile/image.js';
import type { PacketFacts } from './packet-facts.js';

export class HeaderTest {
  /** Index of the flow's application protocol in `image.applicationNames`, -1 when it is not among them. */
  application = -1;

  constructor(
    private readonly image: RuleSetImage,
    private readonly facts: PacketFacts,
  ) {}

  /** The cheapest and most selective conditions: transport, direction, state, size, application protocol. */
  quick(signature: number): boolean {
    const { header } = this.image;
    const h = signature * Header.INTS;
    if ((header[h + Header.REQUIRED]! & ~this.facts.satisfied) !== 0) return false;
    if ((header[h + Header.TRANSPORTS]! & this.facts.transport) === 0) return false;
    return this.fits(h) && this.hasApplication(h);
  }

  /** Protocol, addresses and ports: the conditions that are the same for all packets of the flow. */
  isForFlow(signature: number): boolean {
    const h = signature * Header.INTS;
    const transports = this.image.header[h + Header.TRANSPORTS]!;
    return (transports & this.facts.transport) !== 0 && this.hasApplication(h) && this.endpoints(signature);
  }

  private hasApplication(h: number): boolean {
    return holdsApplication(this.image, this.image.header[h + Header.APPLICATION]!, this.application);
  }

  /** The payload size is the one the signature requires. */
  protected fits(h: number): boolean {
    const { header } = this.image;
    const { payloadLength } = this.facts;
    return (
      payloadLength >= header[h + Header.PAYLOAD_MINIMUM]! &&
      payloadLength <= header[h + Header.PAYLOAD_MAXIMUM]!
    );
  }

  /** All header conditions: whether the signature needs to be evaluated. */
  applies(signature: number): boolean {
    return this.quick(signature) && this.endpoints(signature);
  }

  /** All header conditions, for a signature being evaluated. */
  holds(signature: number): boolean {
    return this.applies(signature);
  }

  /** Addresses and ports, in one direction or, for `<>`, the other. */
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
