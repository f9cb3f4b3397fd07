/** Some packets are fragmented: the reassembled packet has the number of the last fragment. */
import { fragments as cut } from '../../fuzz/ip-fragments.js';
import type { CapturedPacket } from '../../packets/pcap-file.js';
import {
  DECODER_EVENTS,
  FRAGMENTS,
  FRAGMENTS_THEMSELVES,
  HEADER_LENGTHS,
  LINK_HEADERS,
  PACKET_BYTES,
} from '../left-out.js';
import { ipOf, isTunnel, onEthernet, plainCapture } from '../plain-ip.js';
import type { Retelling } from '../retelling.js';
import { withCaptures } from '../story.js';

const fragments: Retelling = (story, random) => {
  const each = 1 + random(4);
  const most = 1 + random(60);
  /** For the last fragment of each packet, by capture: the number of the original packet. */
  const numbers: Record<string, Map<number, number>> = {};
  const told = withCaptures(story, capture =>
    plainCapture(capture, (data, layers) =>
      isTunnel(layers, data) ? undefined : onEthernet(ipOf(data, layers)),
    ),
  );
  const retold = withCaptures(told, ({ linkType, packets }, name) => {
    const of = new Map<number, number>();
    numbers[name] = of;
    const made: CapturedPacket[] = [];
    for (const [i, packet] of packets.entries()) {
      made.push(...(random(each) === 0 ? cut(linkType, packet, most, random) : [packet]));
      of.set(made.length, i + 1);
    }
    return { linkType, packets: made };
  });
  return {
    name: `one of ${each} in fragments of up to ${8 * most} bytes`,
    told,
    retold,
    leftOut: [DECODER_EVENTS, FRAGMENTS, FRAGMENTS_THEMSELVES, LINK_HEADERS, HEADER_LENGTHS, PACKET_BYTES],
    back: ({ capture, record }) => {
      const { pcap_cnt: number } = record;
      if (number === undefined) return { capture, record };
      const before = numbers[capture]?.get(number);
      return before === undefined ? undefined : { capture, record: { ...record, pcap_cnt: before } };
    },
  };
};
export default fragments;
