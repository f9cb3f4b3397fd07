/** What surrounds the packets of a capture: VLANs, tunnels, fragments, another IP version. */
import {
  type CapturedPacket,
  checksum,
  concat,
  ethernet,
  gre,
  ipv4,
  type Layer,
  packet,
  u16,
  udp,
  vlan,
  vxlan,
} from '../packets/builder.js';
import { type Random, randomNumbers, shuffled } from '../pseudo-random.js';
import { asIpv6 } from './as-ipv6.js';

/** @param first identification of the first fragmented packet; each uses two at most */
export type Around = (packets: readonly CapturedPacket[], first: number) => readonly CapturedPacket[];

const IPV4 = 0x0800;
const ETHERNET = 14;
const IP = 20;

/** @param layers instead of the Ethernet header */
const within =
  (...layers: Layer[]): Around =>
  packets =>
    packets.map(({ data, time }) => ({ data: packet(...layers, data.subarray(ETHERNET)), time: time! }));

const outer = (fields: object = {}) => ipv4({ source: '192.0.2.1', destination: '192.0.2.2', ...fields });
const GRE = [ethernet(), outer({ protocol: 47 }), gre({ protocol: IPV4 })];

export const AROUND: Readonly<Record<string, Around>> = {
  'nothing around': packets => packets,
  'a VLAN': within(ethernet(), vlan(7, { etherType: IPV4 })),
  'VLANs in each other': within(ethernet(), vlan(7, { type: 0x88a8 }), vlan(8, { etherType: IPV4 })),
  GRE: within(...GRE),
  'IP in IP': within(ethernet(), outer({ protocol: 4 })),
  VXLAN: within(
    ethernet(),
    outer(),
    udp({ sport: 5000, dport: 4789 }),
    vxlan(),
    ethernet({ etherType: IPV4 }),
  ),
  IPv6: packets => packets.map(({ data, time }) => ({ data: asIpv6(data), time: time! })),
  fragments,
  'fragments in a VLAN': (packets, first) =>
    within(ethernet(), vlan(9, { etherType: IPV4 }))(fragments(packets, first), first),
  'fragments in GRE': (packets, first) => within(...GRE)(fragments(packets, first), first),
  'GRE in fragments': (packets, first) => fragments(within(...GRE)(packets, first), first),
};

/** Each packet in fragments, out of order and some duplicated, with fragments of incomplete packets in between. */
function fragments(packets: readonly CapturedPacket[], first: number): CapturedPacket[] {
  const random = randomNumbers(first);
  let id = first;
  return packets.flatMap(({ data, time }) => {
    const whole = shuffled(cut(data, id++ & 0xffff, random), random);
    if (random(5) === 0) whole.splice(random(whole.length), 0, whole[random(whole.length)]!);
    const lost = random(10) === 0 ? cut(data, id++ & 0xffff, random).slice(1) : [];
    return [...lost, ...whole].map(bytes => ({ data: bytes, time: time! }));
  });
}

function cut(data: Uint8Array, id: number, random: Random): Uint8Array[] {
  const most = [8, 64, 512][random(3)]!;
  const parts: Uint8Array[] = [];
  for (let at = ETHERNET + IP; at < data.length; ) {
    const end = Math.min(data.length, at + 8 * (1 + random(most)));
    parts.push(fragment(data, id, at, end));
    at = end;
  }
  return parts;
}

function fragment(data: Uint8Array, id: number, start: number, end: number): Uint8Array {
  const header = data.slice(ETHERNET, ETHERNET + IP);
  const more = end < data.length ? 0x2000 : 0;
  header.set(concat(u16(IP + end - start), u16(id), u16(((start - ETHERNET - IP) >> 3) | more)), 2);
  header.set([0, 0], 10);
  header.set(u16(checksum(header)), 10);
  return concat(data.subarray(0, ETHERNET), header, data.subarray(start, end));
}
