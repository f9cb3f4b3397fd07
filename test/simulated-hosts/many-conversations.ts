/** Captures of many conversations, each over its own link, and what their records must equal. */
import type { CapturedPacket } from '../packets/builder.js';
import { network6 } from './as-ipv6.js';
import { captured, type Ends } from './capture.js';
import { LINKS } from './check.js';
import type { Around } from './encapsulation.js';
import { fileTransfer } from './file-transfer.js';
import type { Manner } from './host-behaviour.js';
import { CONVERSATIONS, type ProtocolConversation, sidesOf } from './protocol-conversations.js';
import type { Links } from './world.js';

/** Host policies that prefer older data, and those that do not. */
const POLICIES = ['bsd', 'linux', 'linux-6', 'windows', 'first', 'last', 'old-linux', 'solaris'];
const [GOOD, ...BAD] = Object.entries(LINKS);
/** Today, and when seconds exceed 31 bits. */
const BEGINNINGS = [1_700_000_000, 2 ** 31 - 1];

/** Each policy has its own network. */
export const HOSTS = `host-os-policy: { ${POLICIES.map((policy, i) => `${policy}: [10.${i}.0.0/16, "${network6(10, i)}"]`).join(', ')} }\n`;

/** Number of client ports reserved for a conversation. */
const PORTS = 4;
const FIRST_PORT = 10_000;

export const portOf = ({ src_port, dest_port }: { src_port?: number; dest_port?: number }) =>
  [src_port, dest_port].find(port => port! >= FIRST_PORT && !SERVER_PORTS.has(port!))!;

const SERVER_PORTS = new Set(CONVERSATIONS.map(({ serverPort }) => serverPort));

/** Records of `port` must equal those of `like`. */
export interface Comparison {
  readonly name: string;
  readonly port: number;
  readonly like: number;
}

export interface Meetings {
  readonly packets: readonly CapturedPacket[];
  readonly comparisons: readonly Comparison[];
}

/**
 * All conversations over all links.
 * @param around what surrounds conversations over bad links, in turn
 */
export function meetings(seed: number, around: readonly Around[] = []): Meetings {
  const packets: CapturedPacket[] = [];
  const comparisons: Comparison[] = [];
  let port = FIRST_PORT;
  [...CONVERSATIONS, 'files' as const].forEach((talk, i) => {
    const policy = (seed + i) % POLICIES.length;
    const like = port;
    const name = talk === 'files' ? talk : talk.name;
    const begin = BEGINNINGS[seed % BEGINNINGS.length]!;
    packets.push(...meeting(talk, 1, GOOD![1], {}, ends(talk, policy, seed, port), begin));
    for (const [link, links] of BAD) {
      port += PORTS;
      const how = manner(seed + i, links);
      const spoken = meeting(talk, seed * 100 + i, links, how, ends(talk, policy, seed, port), begin);
      const wrap = around[comparisons.length % around.length];
      packets.push(...(wrap ? wrap(spoken, 2 * packets.length) : spoken));
      for (let n = 0; n < 3; n++)
        comparisons.push({ name: `${name}, ${link}, ${POLICIES[policy]}`, port: port + n, like: like + n });
    }
    port += PORTS;
  });
  packets.sort((a, b) => a.time! - b.time!);
  return { packets, comparisons };
}

function ends(talk: ProtocolConversation | 'files', policy: number, seed: number, port: number): Ends {
  const isn = seed % 2 === 0 ? 1000 : 2 ** 32 - 900;
  return {
    client: { address: `10.${policy}.0.1`, port, isn },
    server: { address: `10.${policy}.1.1`, port: talk === 'files' ? 21 : talk.serverPort, isn: 5000 },
  };
}

/**
 * If the receiver gets segments in another order than the sensor, it would drop some by timestamp that the sensor
 * accepted.
 */
function manner(seed: number, { delayBehind }: Links): Partial<Manner> {
  const large = { buffer: 60_000, mss: 1000, sack: true, scale: seed % 8 };
  return { ...(seed % 2 === 0 && large), timestamps: delayBehind === 0 && seed % 3 > 0 };
}

function meeting(
  talk: ProtocolConversation | 'files',
  seed: number,
  links: Links,
  how: Partial<Manner>,
  between: Ends,
  begin: number,
): readonly CapturedPacket[] {
  const speak = (one: ProtocolConversation, where: Ends, from: number) => {
    const { sides, client, server } = sidesOf(one);
    const scene = { sides, links, client: { ...how, ...client }, server: { ...how, ...server } };
    return captured(seed, scene, where, from);
  };
  if (talk !== 'files') return speak(talk, between, begin).packets;
  const { talk: control, data } = fileTransfer(between);
  const spoken = speak(control, between, begin);
  return [
    ...spoken.packets,
    ...data.flatMap(each => speak(each.talk, each.ends, spoken.heardAt(each.heard)).packets),
  ];
}
