/**
 * All captures in one: their packets are interleaved by time or at random, and their hosts have addresses of their own,
 * so that conversations of different captures stay separate.
 */
import type { Capture } from '../../fuzz/capture-packets.js';
import type { CapturedPacket } from '../../packets/pcap-file.js';
import type { Random } from '../../pseudo-random.js';
import { AddressMapping } from '../address-mapping.js';
import { CHECKSUMS, CROSS_CAPTURE_RULES } from '../ignored-differences.js';
import { NO_TIMEOUTS } from '../no-timeouts.js';
import { ipOf, isTunnel, plainCapture, withEthernet } from '../plain-ip.js';
import { renumbered } from '../renumbering.js';
import { type Scenario, withCaptures } from '../scenario.js';
import type { Transformation } from '../transformation.js';

/** In seconds. */
const START_TIME = 1_700_000_000;

interface MergedPacket {
  readonly capture: string;
  readonly packet: CapturedPacket;
}

const merged: Transformation = (scenario, random) => {
  const separated = separateHosts(scenario, random);
  if (!separated) return undefined;
  const { mappings, mergedPackets } = separated;
  const numbers = numbersInCapture(mergedPackets);
  const packets = mergedPackets.map(({ packet }) => packet);
  return {
    name: 'merged',
    original: separated.scenario,
    transformed: { ...separated.scenario, captures: { merged: { linkType: 1, packets } } },
    ignored: [CROSS_CAPTURE_RULES, CHECKSUMS],
    restore: ({ record }) => {
      const number = record['pcap_cnt'];
      if (number)
        return {
          capture: mergedPackets[number - 1]!.capture,
          record: { ...record, pcap_cnt: numbers[number - 1] },
        };
      const capture = Object.keys(mappings).find(
        name => mappings[name]!.has(record['src_ip']) || mappings[name]!.has(record['dest_ip']),
      );
      return { capture: capture ?? 'nobody', record };
    },
  };
};
export default merged;

export interface SeparatedScenario {
  /** Captures with addresses of their own, at their times in the merged capture. */
  readonly scenario: Scenario;
  readonly mappings: Readonly<Record<string, AddressMapping>>;
  /** In the order of the merged capture. */
  readonly mergedPackets: readonly MergedPacket[];
}

/** Captures that can be merged: no host is in two of them. */
export function separateHosts(scenario: Scenario, random: Random): SeparatedScenario | undefined {
  const mappings: Record<string, AddressMapping> = {};
  const renumberedScenario = withCaptures(
    { ...scenario, config: `${scenario.config ?? ''}${NO_TIMEOUTS}` },
    (capture, name) => {
      mappings[name] = new AddressMapping(Object.keys(mappings).length + 1);
      const mapping = mappings[name];
      return plainCapture(capture, (packet, layers) => {
        const data = isTunnel(layers, packet) ? undefined : renumbered(capture.linkType, packet, mapping);
        // Packets without a single sender and receiver would be in one conversation.
        const isChanged = data?.some((byte, i) => byte !== packet[i]);
        return isChanged ? withEthernet(ipOf(data!, layers)) : undefined;
      });
    },
  );
  const captures = Object.entries(renumberedScenario.captures).filter(
    ([, { packets }]) => packets.length > 0,
  );
  if (captures.length < 2) return undefined;
  const mergedPackets = (random(2) === 0 ? byTime : inRandomOrder)(captures, random);
  const packetsOf = (name: string) =>
    mergedPackets.filter(each => each.capture === name).map(each => each.packet);
  const withTimes = captures.map(([name]) => [name, { linkType: 1, packets: packetsOf(name) }]);
  return {
    scenario: { ...renumberedScenario, captures: Object.fromEntries(withTimes) },
    mappings,
    mergedPackets,
  };
}

type NamedCaptures = readonly (readonly [string, Capture])[];

/** All captures begin within the same few seconds. */
function byTime(captures: NamedCaptures, random: Random): MergedPacket[] {
  const mergedPackets = captures.flatMap(([capture, { packets }]) => {
    const first = packets.reduce((least, { time }) => Math.min(least, time!), Number.POSITIVE_INFINITY);
    const shift = START_TIME + random(5000) / 1000 - first;
    return packets.map(packet => ({
      capture,
      packet: { ...packet, time: roundToMicroseconds(packet.time! + shift) },
    }));
  });
  return mergedPackets.sort((a, b) => a.packet.time - b.packet.time);
}

/** Packets are a millisecond apart, in random order of captures. */
function inRandomOrder(captures: NamedCaptures, random: Random): MergedPacket[] {
  const remaining = captures.map(([capture, { packets }]) => ({ capture, packets: [...packets].reverse() }));
  const mergedPackets: MergedPacket[] = [];
  while (remaining.length > 0) {
    const at = random(remaining.length);
    const { capture, packets } = remaining[at]!;
    const packet = packets.pop()!;
    mergedPackets.push({ capture, packet: { ...packet, time: START_TIME + mergedPackets.length / 1000 } });
    if (packets.length === 0) remaining.splice(at, 1);
  }
  return mergedPackets;
}

const roundToMicroseconds = (time: number): number => Math.round(time * 1e6) / 1e6;

/** The number of each packet in its own capture. */
function numbersInCapture(mergedPackets: readonly MergedPacket[]): number[] {
  const counts = new Map<string, number>();
  return mergedPackets.map(({ capture }) => {
    const count = (counts.get(capture) ?? 0) + 1;
    counts.set(capture, count);
    return count;
  });
}
