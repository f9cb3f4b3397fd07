import { describe, expect, it } from 'vitest';
import * as Flow from '../../engine/flow/flow-record.js';
import { PACKET_SENDER } from '../../engine/packet/packet-sender.js';
import * as Packet from '../../engine/packet.js';
import decode from '../../modules/decode.js';
import respond from '../../modules/respond.js';
import { ethernet, icmp, icmpv6, ipv4, ipv6, type Part, packet, tcp, udp } from '../packets/builder.js';
import { stubThread } from '../thread-stub.js';

interface Reply {
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  readonly ports: string;
  readonly badChecksum: boolean;
  readonly protocol: number;
}

/** Rejects one packet and decodes the packets sent for it, with verified checksums. */
async function replies(verdict: number, ...parts: Part[]): Promise<Reply[]> {
  return repliesTo(verdict, [packet(ethernet(), ...parts)]);
}

/** The same for several packets and those derived from them. */
async function repliesTo(verdict: number, packets: readonly Uint8Array[]): Promise<Reply[]> {
  const { thread, decoding, sent } = await reject(verdict, packets);
  if (sent.length === 0) return [];
  const back = thread.batch(sent, { linkType: 101 });
  decoding.process(back);
  return Array.from(back.slots.subarray(0, back.length), slot => ({
    seq: thread.field(slot, Packet.TCP_SEQ),
    ack: thread.field(slot, Packet.TCP_ACK),
    flags: thread.field(slot, Packet.TCP_FLAGS),
    ports: `${thread.field(slot, Packet.SOURCE_PORT)} > ${thread.field(slot, Packet.DESTINATION_PORT)}`,
    badChecksum: (thread.field(slot, Packet.FLAGS) & Packet.FLAG_BAD_CHECKSUM) !== 0,
    protocol: thread.field(slot, Packet.PROTOCOL),
  }));
}

/** The packets sent for rejected packets. @param mode of the engine */
async function reject(verdict: number, packets: readonly Uint8Array[], mode = 'ips') {
  const config = { capture: { 'checksum-validation': 'all' }, 'engine-mode': mode };
  const thread = stubThread({ config });
  const sent: Uint8Array[] = [];
  thread.services.set(PACKET_SENDER, {
    send: (bytes: Uint8Array, length: number) => sent.push(bytes.slice(0, length)) > 0,
  });
  const decoding = await decode.create(thread);
  const responding = await respond.create(thread);
  const batch = thread.batch(packets);
  decoding.process(batch);
  for (let i = 0; i < batch.length; i++)
    thread.memory.row[batch.slots[i]! * Packet.INTS + Packet.VERDICT] = verdict;
  responding.process(batch);
  return { thread, decoding, sent };
}

const RST_ACK = 0x14;
const segment = (flags: string) => tcp({ sport: 1000, dport: 80, seq: 5000, ack: 900, flags });

describe.each([
  ['IPv4', ipv4],
  ['IPv6', ipv6],
])('T28: reject over %s', (_, ip) => {
  it('resets both sides with the sequence number each expects', async () => {
    const [toSource, toDestination] = await replies(Packet.VERDICT_REJECT_BOTH, ip(), segment('PA'), 'abc');
    expect(toSource).toMatchObject({
      ports: '80 > 1000',
      seq: 900,
      ack: 5003,
      flags: RST_ACK,
      badChecksum: false,
    });
    expect(toDestination).toMatchObject({
      ports: '1000 > 80',
      seq: 5000,
      ack: 900,
      flags: RST_ACK,
      badChecksum: false,
    });
  });

  it('answers a SYN with a reset that acknowledges it', async () => {
    const [reply] = await replies(Packet.VERDICT_REJECT, ip(), segment('S'));
    expect(reply).toMatchObject({ seq: 0, ack: 5001, flags: RST_ACK });
  });

  it('resets only the requested side', async () => {
    expect(await replies(Packet.VERDICT_REJECT, ip(), segment('A'))).toHaveLength(1);
    expect(await replies(Packet.VERDICT_REJECT_DESTINATION, ip(), segment('A'))).toHaveLength(1);
  });

  it('never answers a reset, nor a packet that is only dropped', async () => {
    expect(await replies(Packet.VERDICT_REJECT_BOTH, ip(), segment('R'))).toEqual([]);
    expect(await replies(Packet.VERDICT_DROP, ip(), segment('A'))).toEqual([]);
  });

  it('sends the sender of a datagram a prohibited message', async () => {
    const [reply] = await replies(Packet.VERDICT_REJECT, ip(), udp({ sport: 7, dport: 9 }), 'abc');
    expect(reply).toMatchObject({ protocol: ip === (ipv6 as unknown) ? 58 : 1, badChecksum: false });
    expect(reply!.ports).toBe(ip === (ipv6 as unknown) ? '1 > 1' : '3 > 13');
  });
});

describe.each([
  ['IPv4', ipv4, { source: '10.0.0.1', destination: '10.0.0.2' }, { id: 0, dontFragment: true }],
  ['IPv6', ipv6, { source: '2001:db8::1', destination: '2001:db8::2' }, {}],
] as const)('packets sent over %s', (_, ip, ends, marks) => {
  const there = ip(ends);
  const back = { ...marks, source: ends.destination, destination: ends.source };
  const onward = { ...marks, ...ends };
  const wide = ip === (ipv6 as unknown);
  /** Whole packets, byte by byte. */
  const sentFor = async (verdict: number, parts: Part[], mode?: string) =>
    (await reject(verdict, [packet(ethernet(), there, ...parts)], mode)).sent;
  const reset = (seq: number, ack: number) =>
    tcp({ sport: 80, dport: 1000, seq, ack, flags: 'RA', window: 0 });
  const resetOnward = (seq: number) => tcp({ sport: 1000, dport: 80, seq, ack: 900, flags: 'RA', window: 0 });
  const prohibited = (quoted: Uint8Array) =>
    packet(
      ip(back),
      wide ? icmpv6({ type: 1, code: 1, rest: 0 }) : icmp({ type: 3, code: 13, rest: 0 }),
      quoted,
    );

  it('are resets from each side to the other', async () => {
    expect(await sentFor(Packet.VERDICT_REJECT_BOTH, [segment('PA'), 'abc'])).toEqual([
      packet(ip(back), reset(900, 5003)),
      packet(ip(onward), resetOnward(5000)),
    ]);
  });

  it('have the sequence number behind the packet if the receiver has received it, in IDS mode', async () => {
    expect(await sentFor(Packet.VERDICT_REJECT_BOTH, [segment('PAF'), 'abc'], 'ids')).toEqual([
      packet(ip(back), reset(900, 5004)),
      packet(ip(onward), resetOnward(5004)),
    ]);
  });

  it('acknowledge a FIN', async () => {
    expect(await sentFor(Packet.VERDICT_REJECT, [segment('FA')])).toEqual([
      packet(ip(back), reset(900, 5001)),
    ]);
  });

  it('quote the rejected packet, the beginning of a long one', async () => {
    const short = [udp({ sport: 7, dport: 9 }), 'x'.repeat(100)];
    expect(await sentFor(Packet.VERDICT_REJECT, short)).toEqual([prohibited(packet(there, ...short))]);
    const long = [udp({ sport: 7, dport: 9 }), 'x'.repeat(1300)];
    const [error] = await sentFor(Packet.VERDICT_REJECT, long);
    expect(error).toHaveLength(wide ? 1280 : 576);
    expect(error).toEqual(prohibited(packet(there, ...long).subarray(0, wide ? 1280 - 48 : 576 - 28)));
  });

  it('do not go to the receiver of a datagram', async () => {
    expect(await sentFor(Packet.VERDICT_REJECT_DESTINATION, [udp(), 'x'])).toEqual([]);
    expect(await sentFor(Packet.VERDICT_REJECT_BOTH, [udp(), 'x'])).toHaveLength(1);
  });

  it('are one reset to the requested side', async () => {
    expect(await sentFor(Packet.VERDICT_REJECT_DESTINATION, [segment('A')])).toEqual([
      packet(ip(onward), resetOnward(5000)),
    ]);
  });
});

describe('a flow that was rejected before', () => {
  /** The packets that answer a dropped packet of the client, in a flow with these bits. */
  async function again(bits: number, flags: string, toServer = true): Promise<number> {
    const thread = stubThread();
    let sent = 0;
    thread.services.set(PACKET_SENDER, { send: () => ++sent > 0 });
    const batch = thread.batch([packet(ethernet(), ipv4(), segment(flags), 'x')]);
    (await decode.create(thread)).process(batch);
    const { row } = thread.memory;
    const p = batch.slots[0]! * Packet.INTS;
    row[p + Packet.FLOW] = 3;
    row[p + Packet.FLOW_STATE] = toServer ? Packet.FLOW_TO_SERVER : 0;
    row[p + Packet.VERDICT] = Packet.VERDICT_DROP;
    thread.flows.row[3 * Flow.INTS + Flow.DETECT_FLAGS] = bits;
    (await respond.create(thread)).process(batch);
    return sent;
  }

  it('is reset at the side that still sends, if that side was to be reset', async () => {
    expect(await again(Flow.RESET_CLIENT, 'A')).toBe(1);
    expect(await again(Flow.RESET_CLIENT, 'A', false)).toBe(0);
    expect(await again(Flow.RESET_SERVER, 'A')).toBe(0);
    expect(await again(Flow.RESET_SERVER, 'A', false)).toBe(1);
    expect(await again(0, 'A')).toBe(0);
  });

  it('is not reset again in answer to a reset', async () => {
    expect(await again(Flow.RESET_CLIENT | Flow.RESET_SERVER, 'R')).toBe(0);
  });
});

describe('reject of fragments', () => {
  /** The payload of IP in two fragments. */
  const inTwo = (protocol: number, ...parts: Part[]): Uint8Array[] => {
    const whole = packet(ipv4(), ...parts).subarray(20);
    return [
      packet(ethernet(), ipv4({ id: 1, protocol, moreFragments: true }), whole.slice(0, 24)),
      packet(ethernet(), ipv4({ id: 1, protocol, offset: 24 }), whole.slice(24)),
    ];
  };

  it('resets the connection of the reassembled datagram', async () => {
    const answers = await repliesTo(Packet.VERDICT_REJECT, inTwo(6, segment('PA'), 'abcdefgh'));
    expect(answers).toHaveLength(1);
    expect(answers[0]).toMatchObject({ ports: '80 > 1000', seq: 900, ack: 5008, badChecksum: false });
  });

  it('sends the sender of the datagram one message', async () => {
    const parts = inTwo(17, udp({ sport: 7, dport: 9 }), 'x'.repeat(40));
    const answers = await repliesTo(Packet.VERDICT_REJECT, parts);
    expect(answers.map(({ protocol, ports }) => [protocol, ports])).toEqual([[1, '3 > 13']]);
    expect(await repliesTo(Packet.VERDICT_REJECT, parts.slice(1))).toEqual([]);
  });
});

describe('packets that are never answered', () => {
  const datagram = [udp({ sport: 7, dport: 9 }), 'abc'];
  const quoted = packet(ipv4(), ...datagram);
  const quoted6 = packet(ipv6(), ...datagram);

  it.each<[string, Part[]]>([
    ['an error', [ipv4(), icmp({ type: 11 }), quoted]],
    ['an error over IPv6', [ipv6(), icmpv6({ type: 3 }), quoted6]],
    ['a redirect over IPv6', [ipv6(), icmpv6({ type: 137 }), quoted6]],
    ['a multicast datagram', [ipv4({ destination: '224.0.0.251' }), ...datagram]],
    ['a broadcast datagram', [ipv4({ destination: '255.255.255.255' }), ...datagram]],
    ['a multicast datagram over IPv6', [ipv6({ destination: 'ff02::fb' }), ...datagram]],
    ['a datagram from the unspecified address', [ipv4({ source: '0.0.0.0' }), ...datagram]],
    ['a datagram from the unspecified address over IPv6', [ipv6({ source: '::' }), ...datagram]],
    ['a multicast segment', [ipv4({ destination: '239.1.1.1' }), segment('S')]],
    ['a segment without ports', [ipv4({ protocol: 6 }), 'abc']],
  ])('%s', async (_, parts) => {
    expect(await replies(Packet.VERDICT_REJECT, ...parts)).toEqual([]);
  });

  it('a frame sent to the broadcast address', async () => {
    const frame = packet(ethernet({ destination: 'ff:ff:ff:ff:ff:ff' }), ipv4(), ...datagram);
    expect(await repliesTo(Packet.VERDICT_REJECT, [frame])).toEqual([]);
  });

  it('echo requests and replies are answered', async () => {
    expect(await replies(Packet.VERDICT_REJECT, ipv4(), icmp({ type: 8 }), 'x')).toHaveLength(1);
    expect(await replies(Packet.VERDICT_REJECT, ipv6(), icmpv6({ type: 129 }), 'x')).toHaveLength(1);
  });
});

it('answers that cannot be sent are counted', async () => {
  const thread = stubThread();
  const batch = thread.batch([packet(ethernet(), ipv4(), icmp(), 'x')]);
  (await decode.create(thread)).process(batch);
  thread.memory.row[batch.slots[0]! * Packet.INTS + Packet.VERDICT] = Packet.VERDICT_REJECT;
  const responding = await respond.create(thread);
  responding.process(batch);
  expect(thread.counters.values[thread.counters.declare('respond.unsent')]).toBe(1);
});
