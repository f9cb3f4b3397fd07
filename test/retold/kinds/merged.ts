/**
 * All captures in one: their packets are interleaved by time or at random, and their hosts have addresses of their own,
 * so that conversations of different captures stay separate.
 */
import type { Capture } from '../../fuzz/capture-packets.js';
import type { CapturedPacket } from '../../packets/pcap-file.js';
import type { Random } from '../../pseudo-random.js';
import { AddressBook } from '../address-book.js';
import { CHECKSUMS, COUNTS_OVER_CAPTURES } from '../left-out.js';
import { PATIENT } from '../patience.js';
import { ipOf, isTunnel, onEthernet, plainCapture } from '../plain-ip.js';
import { renumbered } from '../renumbering.js';
import type { Retelling } from '../retelling.js';
import { type Story, withCaptures } from '../story.js';

/** In seconds. */
const BEGIN = 1_700_000_000;

interface Placed {
  readonly capture: string;
  readonly packet: CapturedPacket;
}

const merged: Retelling = (story, random) => {
  const told = apart(story, random);
  if (!told) return undefined;
  const { books, placed } = told;
  const numbers = numbersWithin(placed);
  const packets = placed.map(({ packet }) => packet);
  return {
    name: 'merged',
    told: told.story,
    retold: { ...told.story, captures: { merged: { linkType: 1, packets } } },
    leftOut: [COUNTS_OVER_CAPTURES, CHECKSUMS],
    back: ({ record }) => {
      const number = record['pcap_cnt'];
      if (number)
        return { capture: placed[number - 1]!.capture, record: { ...record, pcap_cnt: numbers[number - 1] } };
      const capture = Object.keys(books).find(
        name => books[name]!.has(record['src_ip']) || books[name]!.has(record['dest_ip']),
      );
      return { capture: capture ?? 'nobody', record };
    },
  };
};
export default merged;

export interface Apart {
  /** Captures with addresses of their own, at their times in the merged capture. */
  readonly story: Story;
  readonly books: Readonly<Record<string, AddressBook>>;
  /** In the order of the merged capture. */
  readonly placed: readonly Placed[];
}

/** Captures that can be merged: no host is in two of them. */
export function apart(story: Story, random: Random): Apart | undefined {
  const books: Record<string, AddressBook> = {};
  const renumberedStory = withCaptures(
    { ...story, config: `${story.config ?? ''}${PATIENT}` },
    (capture, name) => {
      books[name] = new AddressBook(Object.keys(books).length + 1);
      const book = books[name];
      return plainCapture(capture, (packet, layers) => {
        const data = isTunnel(layers, packet) ? undefined : renumbered(capture.linkType, packet, book);
        // Packets without a single sender and receiver would be in one conversation.
        const isSomebodys = data?.some((byte, i) => byte !== packet[i]);
        return isSomebodys ? onEthernet(ipOf(data!, layers)) : undefined;
      });
    },
  );
  const captures = Object.entries(renumberedStory.captures).filter(([, { packets }]) => packets.length > 0);
  if (captures.length < 2) return undefined;
  const placed = (random(2) === 0 ? byTime : atRandom)(captures, random);
  const packetsOf = (name: string) => placed.filter(each => each.capture === name).map(each => each.packet);
  const timed = captures.map(([name]) => [name, { linkType: 1, packets: packetsOf(name) }]);
  return { story: { ...renumberedStory, captures: Object.fromEntries(timed) }, books, placed };
}

type Entries = readonly (readonly [string, Capture])[];

/** All captures begin within the same few seconds. */
function byTime(captures: Entries, random: Random): Placed[] {
  const placed = captures.flatMap(([capture, { packets }]) => {
    const first = packets.reduce((least, { time }) => Math.min(least, time!), Number.POSITIVE_INFINITY);
    const shift = BEGIN + random(5000) / 1000 - first;
    return packets.map(packet => ({
      capture,
      packet: { ...packet, time: microseconds(packet.time! + shift) },
    }));
  });
  return placed.sort((a, b) => a.packet.time - b.packet.time);
}

/** Packets are a millisecond apart, in random order of captures. */
function atRandom(captures: Entries, random: Random): Placed[] {
  const left = captures.map(([capture, { packets }]) => ({ capture, packets: [...packets].reverse() }));
  const placed: Placed[] = [];
  while (left.length > 0) {
    const at = random(left.length);
    const { capture, packets } = left[at]!;
    const packet = packets.pop()!;
    placed.push({ capture, packet: { ...packet, time: BEGIN + placed.length / 1000 } });
    if (packets.length === 0) left.splice(at, 1);
  }
  return placed;
}

const microseconds = (time: number): number => Math.round(time * 1e6) / 1e6;

/** The number of each packet in its own capture. */
function numbersWithin(placed: readonly Placed[]): number[] {
  const counts = new Map<string, number>();
  return placed.map(({ capture }) => {
    const count = (counts.get(capture) ?? 0) + 1;
    counts.set(capture, count);
    return count;
  });
}
