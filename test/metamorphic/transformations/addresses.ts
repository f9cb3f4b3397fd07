/** Hosts have other addresses, and clients other ports: flows have other hashes and other rows in their table. */
import { layersOf } from '../../fuzz/packet-layers.js';
import { AddressMapping } from '../address-mapping.js';
import {
  CHECKSUMS,
  FIRST_HIGH_PORT,
  HIGH_PORTS,
  LITERAL_ADDRESSES,
  PACKET_BYTES,
  QUOTED_PACKETS,
} from '../ignored-differences.js';
import { isTunnel } from '../plain-ip.js';
import { withAddresses, withPorts } from '../record-restoration.js';
import { renumbered } from '../renumbering.js';
import { withCaptures } from '../scenario.js';
import type { Transformation } from '../transformation.js';

/** Of a protocol detected by its port (EtherNet/IP). */
const ENIP_PORT = 44_818;
/** Of FTP in active mode. */
const FTP_DATA_PORT = 20;

const addresses: Transformation = (scenario, random) => {
  const mapping = new AddressMapping(1 + random(200));
  const bits = random(FIRST_HIGH_PORT);
  const port = (old: number, other: number) =>
    other >= FIRST_HIGH_PORT || other === FTP_DATA_PORT ? old : otherPort(old, bits);
  const original = withCaptures(scenario, ({ linkType, packets }) => ({
    linkType,
    packets: packets.filter(({ data }) => {
      const layers = layersOf(linkType, data);
      return layers && !isTunnel(layers, data) && renumbered(linkType, data, mapping);
    }),
  }));
  const transformed = withCaptures(original, ({ linkType, packets }) => ({
    linkType,
    packets: packets.map(packet => ({
      ...packet,
      data: renumbered(linkType, packet.data, { address: bytes => mapping.address(bytes), port })!,
    })),
  }));
  return {
    name: 'addresses',
    original,
    transformed,
    ignored: [LITERAL_ADDRESSES, HIGH_PORTS, CHECKSUMS, PACKET_BYTES, QUOTED_PACKETS],
    restore: ({ capture, record }) => {
      return {
        capture,
        record: withPorts(
          withAddresses(record, address => mapping.originalOf(address)),
          port,
        ),
      };
    },
  };
};
export default addresses;

/** A one-to-one mapping; applied twice, it gives the original port. */
function otherPort(port: number, bits: number): number {
  const other = port ^ bits;
  return port < FIRST_HIGH_PORT || port === ENIP_PORT || other === ENIP_PORT ? port : other;
}
