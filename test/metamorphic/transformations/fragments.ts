/** Some packets are fragmented: the reassembled packet has the number of the last fragment. */
import { fragments as cut } from '../../fuzz/ip-fragments.js';
import type { CapturedPacket } from '../../packets/pcap-file.js';
import {
  DECODER_EVENTS,
  FRAGMENT_ALERTS,
  FRAGMENT_HEADER_RULES,
  HEADER_LENGTHS,
  LINK_HEADERS,
  PACKET_BYTES,
} from '../ignored-differences.js';
import { ipOf, isTunnel, plainCapture, withEthernet } from '../plain-ip.js';
import { withCaptures } from '../scenario.js';
import type { Transformation } from '../transformation.js';

const fragments: Transformation = (scenario, random) => {
  const interval = 1 + random(4);
  const maxUnits = 1 + random(60);
  /** For the last fragment of each packet, by capture: the number of the original packet. */
  const numbers: Record<string, Map<number, number>> = {};
  const original = withCaptures(scenario, capture =>
    plainCapture(capture, (data, layers) =>
      isTunnel(layers, data) ? undefined : withEthernet(ipOf(data, layers)),
    ),
  );
  const transformed = withCaptures(original, ({ linkType, packets }, name) => {
    const originalNumbers = new Map<number, number>();
    numbers[name] = originalNumbers;
    const fragmented: CapturedPacket[] = [];
    for (const [i, packet] of packets.entries()) {
      fragmented.push(...(random(interval) === 0 ? cut(linkType, packet, maxUnits, random) : [packet]));
      originalNumbers.set(fragmented.length, i + 1);
    }
    return { linkType, packets: fragmented };
  });
  return {
    name: `one of ${interval} in fragments of up to ${8 * maxUnits} bytes`,
    original,
    transformed,
    ignored: [
      DECODER_EVENTS,
      FRAGMENT_HEADER_RULES,
      FRAGMENT_ALERTS,
      LINK_HEADERS,
      HEADER_LENGTHS,
      PACKET_BYTES,
    ],
    restore: ({ capture, record }) => {
      const { pcap_cnt: number } = record;
      if (number === undefined) return { capture, record };
      const originalNumber = numbers[capture]?.get(number);
      return originalNumber === undefined
        ? undefined
        : { capture, record: { ...record, pcap_cnt: originalNumber } };
    },
  };
};
export default fragments;
