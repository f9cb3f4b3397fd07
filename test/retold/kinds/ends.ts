/** Hosts have other addresses, and clients other ports: flows have other hashes and other rows in their table. */
import { layersOf } from '../../fuzz/packet-layers.js';
import { AddressBook } from '../address-book.js';
import {
  CHECKSUMS,
  FIRST_HIGH_PORT,
  HIGH_PORTS,
  LITERAL_ADDRESSES,
  PACKET_BYTES,
  PACKETS_TOLD_OF,
} from '../left-out.js';
import { isTunnel } from '../plain-ip.js';
import { withAddresses, withPorts } from '../records-back.js';
import { renumbered } from '../renumbering.js';
import type { Retelling } from '../retelling.js';
import { withCaptures } from '../story.js';

/** Of a protocol detected by its port (EtherNet/IP). */
const KNOWN_PORT = 44_818;
/** Of FTP in active mode. */
const FTP_DATA = 20;

const ends: Retelling = (story, random) => {
  const book = new AddressBook(1 + random(200));
  const bits = random(FIRST_HIGH_PORT);
  const port = (old: number, other: number) =>
    other >= FIRST_HIGH_PORT || other === FTP_DATA ? old : otherPort(old, bits);
  const told = withCaptures(story, ({ linkType, packets }) => ({
    linkType,
    packets: packets.filter(({ data }) => {
      const layers = layersOf(linkType, data);
      return layers && !isTunnel(layers, data) && renumbered(linkType, data, book);
    }),
  }));
  const retold = withCaptures(told, ({ linkType, packets }) => ({
    linkType,
    packets: packets.map(packet => ({
      ...packet,
      data: renumbered(linkType, packet.data, { address: bytes => book.address(bytes), port })!,
    })),
  }));
  return {
    name: 'ends',
    told,
    retold,
    leftOut: [LITERAL_ADDRESSES, HIGH_PORTS, CHECKSUMS, PACKET_BYTES, PACKETS_TOLD_OF],
    back: ({ capture, record }) => {
      return {
        capture,
        record: withPorts(
          withAddresses(record, address => book.before(address)),
          port,
        ),
      };
    },
  };
};
export default ends;

/** A one-to-one mapping; applied twice, it gives the original port. */
function otherPort(port: number, bits: number): number {
  const other = port ^ bits;
  return port < FIRST_HIGH_PORT || port === KNOWN_PORT || other === KNOWN_PORT ? port : other;
}
