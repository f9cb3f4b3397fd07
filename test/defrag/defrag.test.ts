import { describe, expect, test, vi } from 'vitest';
import * as LinkType from '../../engine/packet/link-type.js';
import * as Packet from '../../engine/packet.js';
import { FragmentMemory } from '../../modules/decode/defrag/fragment-memory.js';
import { Runs } from '../../modules/decode/defrag/runs.js';
import { type Decoder, decoder, describePacket } from '../decode/decoder.js';
import {
  checksum,
  ethernet,
  fragment,
  gre,
  hopByHop,
  ipv4,
  ipv6,
  type Part,
  packet,
  udp,
  vlan,
} from '../packets/builder.js';
import { randomNumbers } from '../pseudo-random.js';

const DATA = 'abcdefghijklmnopqrstuvwxyz012345';
/** A UDP datagram as the payload of IP, and its two halves. */
const WHOLE = packet(ipv4(), udp({ sport: 1000, dport: 2000 }), DATA).subarray(20);
const FIRST = WHOLE.slice(0, 24);
const SECOND = WHOLE.slice(24);

const first4 = (before: Part[] = [], id = 7) =>
  packet(ethernet(), ...before, ipv4({ id, protocol: 17, moreFragments: true }), FIRST);
const second4 = (before: Part[] = [], id = 7) =>
  packet(ethernet(), ...before, ipv4({ id, protocol: 17, offset: 24 }), SECOND);

/** Descriptions of the reassembled packets. */
function reassembled({ thread }: Decoder, slots: number[]): string[] {
  const made = slots.filter(slot => thread.field(slot, Packet.PSEUDO) === Packet.PSEUDO_REASSEMBLED);
  return made.map(slot => describePacket(thread, slot));
}

describe('datagrams', () => {
  test('IPv4: the reassembled packet follows the fragment that completes it', async () => {
    const d = await decoder();
    const { thread } = d;
    const slots = d.decode([first4([vlan(5)]), second4([vlan(5)])]);
    expect(slots.map(slot => describePacket(thread, slot))).toEqual([
      'vlan5 ip4 p17 fragment',
      'vlan5 ip4 p17 fragment',
      'vlan5 ip4 p17 1000>2000',
    ]);
    const [first, second, whole] = slots;
    expect(thread.payload(whole!)).toBe(DATA);
    // A fragment has no payload of its own.
    expect([first, second].map(slot => thread.field(slot!, Packet.PAYLOAD_LENGTH))).toEqual([0, 0]);
    expect(thread.field(whole!, Packet.ROOT)).toBe(second);
    expect(thread.field(second!, Packet.REFERENCES)).toBe(2);
    expect(thread.field(second!, Packet.PENDING_VERDICTS)).toBe(1);
    expect(thread.field(whole!, Packet.FLAGS) & Packet.FLAG_REASSEMBLED).not.toBe(0);
    expect(thread.field(whole!, Packet.LINK_TYPE)).toBe(LinkType.ETHERNET);
    const data = thread.field(whole!, Packet.DATA);
    const bytes = thread.memory.bytes.slice(data, data + thread.field(whole!, Packet.LENGTH));
    expect(bytes).toEqual(
      packet(ethernet(), vlan(5), ipv4({ id: 7 }), udp({ sport: 1000, dport: 2000 }), DATA),
    );
    expect(checksum(bytes.subarray(18, 38))).toBe(0);
    thread.release(slots);
    expect(thread.pool.idle).toBe(true);
    expect(thread.counters.nonZero()).toMatchObject({
      'defrag.ipv4.fragments': 2,
      'defrag.ipv4.reassembled': 1,
    });
    expect(thread.counters.read('defrag.memuse')).toBe(0);
  });

  test('IPv6: headers before the fragment header are kept, with its next header', async () => {
    const d = await decoder();
    const whole = packet(ipv6(), udp({ sport: 1000, dport: 2000 }), DATA).subarray(40);
    const part = (start: number, end: number, more: boolean) =>
      packet(
        ethernet(),
        ipv6(),
        hopByHop(),
        fragment({ offset: start, moreFragments: more, next: 17 }),
        whole.slice(start, end),
      );
    const slots = d.decode([part(24, 40, false), part(0, 24, true)]);
    expect(reassembled(d, slots)).toEqual(['ip6 p17 1000>2000']);
    const data = d.thread.field(slots[2]!, Packet.DATA);
    const bytes = d.thread.memory.bytes.slice(data, data + d.thread.field(slots[2]!, Packet.LENGTH));
    expect(bytes).toEqual(packet(ethernet(), ipv6(), hopByHop(), udp({ sport: 1000, dport: 2000 }), DATA));
  });

  test('fragments in a tunnel and a tunnel in fragments are reassembled', async () => {
    const d = await decoder();
    const outer = [ipv4({ source: '1.1.1.1' }), gre()];
    const slots = d.decode([first4(outer), second4(outer)]);
    expect(reassembled(d, slots)).toEqual(['ip4 p17 1000>2000']);
    expect(d.thread.field(slots[4]!, Packet.RECURSION)).toBe(1);
    d.thread.release(slots);

    const tunnel = packet(ipv4(), gre(), ipv4(), udp({ sport: 3, dport: 4 }), 'x').subarray(20);
    const parts = [
      packet(ethernet(), ipv4({ protocol: 47, moreFragments: true }), tunnel.slice(0, 16)),
      packet(ethernet(), ipv4({ protocol: 47, offset: 16 }), tunnel.slice(16)),
    ];
    const made = d.decode(parts);
    expect(made.map(slot => describePacket(d.thread, slot)).slice(2)).toEqual(['ip4 p47', 'ip4 p17 3>4']);
    d.thread.release(made);
    expect(d.thread.pool.idle).toBe(true);
  });

  test('a fragment beyond the end of the last fragment is not part of the datagram', async () => {
    const d = await decoder();
    const part = (offset: number, data: string, moreFragments: boolean) =>
      packet(ethernet(), ipv4({ protocol: 253, offset, moreFragments }), data);
    const slots = d.decode([
      part(0, 'AAAAAAAA', true),
      part(0, 'AAAAAAAA', true),
      part(24, 'XXXXXXXX', true),
      part(8, 'BBBBBBBB', false),
    ]);
    expect(d.thread.payload(slots.at(-1)!)).toBe('AAAAAAAABBBBBBBB');
  });

  test('fragments of other VLANs, ids and depths belong to other datagrams', async () => {
    const d = await decoder();
    const slots = d.decode([
      first4(),
      second4([vlan(5)]),
      second4([], 8),
      second4([ipv4({ source: '1.1.1.1' })]),
    ]);
    expect(reassembled(d, slots)).toEqual([]);
  });

  test('VLANs do not matter if they are not tracked', async () => {
    const d = await decoder({ config: { vlan: { 'use-for-tracking': false } } });
    expect(reassembled(d, d.decode([first4(), second4([vlan(5)])]))).toEqual(['vlan5 ip4 p17 1000>2000']);
  });

  test('the largest datagram is reassembled', async () => {
    const d = await decoder();
    const data = 'x'.repeat(65535 - 20);
    const parts: Uint8Array[] = [];
    for (let at = 0; at < data.length; at += 1480) {
      const more = at + 1480 < data.length;
      parts.push(packet(ethernet(), ipv4({ offset: at, moreFragments: more }), data.slice(at, at + 1480)));
    }
    const slots = d.decode(parts.reverse());
    expect(d.thread.payload(slots.at(-1)!)).toBe(data);
  });
});

describe('limits', () => {
  test('a fragment after the timeout begins a new datagram', async () => {
    const d = await decoder({ config: { defrag: { timeout: 10 } } });
    d.one(first4(), { time: 100 });
    expect(reassembled(d, d.one(second4(), { time: 111 }))).toEqual([]);
    expect(d.thread.counters.read('defrag.ipv4.timeouts')).toBe(1);
    expect(reassembled(d, d.one(first4(), { time: 112 }))).toHaveLength(1);
  });

  test.each([
    ['with a name', [{ slow: { timeout: 100, address: ['10.0.0.0/24'] } }]],
    ['without', [{ timeout: 100, address: '10.0.0.0/24' }]],
  ])('the timeout can be set per host, %s', async (_, hosts) => {
    const d = await decoder({ config: { defrag: { timeout: 10, 'host-config': hosts } } });
    d.one(first4(), { time: 100 });
    expect(reassembled(d, d.one(second4(), { time: 190 }))).toHaveLength(1);
  });

  test('live, datagrams time out without any packets', async () => {
    const d = await decoder();
    const now = 1_700_000_000;
    vi.useFakeTimers({ now: now * 1000 });
    try {
      d.one(first4(), { time: now });
      vi.setSystemTime((now + 61) * 1000);
      d.module.flush!(d.thread.batch([]));
    } finally {
      vi.useRealTimers();
    }
    expect(d.thread.counters.read('defrag.ipv4.timeouts')).toBe(1);
    expect(d.thread.counters.read('defrag.memuse')).toBe(0);
  });

  test('timeouts are the same within a batch as between batches, also if time goes back', async () => {
    const d = await decoder();
    const batch = d.thread.batch([first4(), packet(ethernet(), ipv4()), second4()]);
    [100, 300, 101].forEach((seconds, i) => {
      d.thread.memory.row[batch.slots[i]! * Packet.INTS + Packet.SECONDS] = seconds;
    });
    d.module.process(batch);
    expect(reassembled(d, [...batch.slots.subarray(0, batch.length)])).toEqual([]);
    expect(d.thread.counters.read('defrag.ipv4.timeouts')).toBe(1);
  });

  test('datagrams time out without further fragments', async () => {
    const d = await decoder();
    d.one(first4(), { time: 100 });
    expect(d.thread.counters.read('defrag.memuse')).toBeGreaterThan(0);
    d.one(packet(ethernet(), ipv4()), { time: 161 });
    expect(d.thread.counters.read('defrag.memuse')).toBe(0);
  });

  test('at the limit of trackers, the oldest datagram is removed', async () => {
    const d = await decoder({ config: { defrag: { trackers: 2 } } });
    const slots = d.decode([first4([], 1), first4([], 2), first4([], 3), second4([], 1), second4([], 3)]);
    expect(reassembled(d, slots)).toHaveLength(1);
    expect(d.thread.counters.read('defrag.max_trackers_reached')).toBe(2);
  });

  test('fragments beyond their limit are ignored', async () => {
    const d = await decoder({ config: { defrag: { 'max-frags': 2 } } });
    const slots = d.decode([first4([], 1), first4([], 2), first4([], 3)]);
    expect(d.thread.events(slots[2]!)).toEqual(['decoder.ipv4.frag_ignored']);
    expect(d.thread.counters.read('defrag.max_frags_reached')).toBe(1);
  });

  test('fragments beyond the memcap are ignored, and its exception policy applies', async () => {
    const config = { defrag: { memcap: 200, 'memcap-policy': 'drop-packet' }, 'engine-mode': 'ips' };
    const d = await decoder({ config });
    const slots = d.decode([first4([], 1), first4([], 2)]);
    expect(d.thread.events(slots[1]!)).toEqual(['decoder.ipv4.frag_ignored']);
    expect(slots.map(slot => d.thread.field(slot, Packet.VERDICT))).toEqual([
      Packet.VERDICT_NONE,
      Packet.VERDICT_DROP,
    ]);
  });

  test.each([
    ['fragments', { defrag: { 'max-frags': 1 } }, {}],
    ['bytes in the pool', {}, { bytes: 4096, blockSize: 512 }],
  ])(
    'inline, a datagram that cannot be reassembled for lack of %s is dropped',
    async (_, config, options) => {
      const d = await decoder({ config: { ...config, 'engine-mode': 'ips' }, ...options });
      const parts = Array.from({ length: 3 }, (_, i) =>
        packet(ethernet(), ipv4({ offset: i * 400, moreFragments: i < 2 }), 'x'.repeat(400)),
      );
      const slots = [...d.decode(parts), ...d.thread.passed];
      const dropped = slots.filter(slot => d.thread.field(slot, Packet.VERDICT) === Packet.VERDICT_DROP);
      expect(dropped).toContain(slots.find(slot => d.thread.field(slot, Packet.NUMBER) === 3));
    },
  );

  test('without enough bytes in the pool, the loss is counted and the fragments are passed on', async () => {
    const d = await decoder({ bytes: 4096, blockSize: 512 });
    const slots = d.decode(
      Array.from({ length: 3 }, (_, i) =>
        packet(ethernet(), ipv4({ offset: i * 400, moreFragments: i < 2 }), 'x'.repeat(400)),
      ),
    );
    expect([...d.thread.passed, ...slots]).toHaveLength(3);
    expect(d.thread.counters.read('defrag.no_room')).toBe(1);
    expect(d.thread.counters.read('defrag.memuse')).toBe(0);
  });

  test('a flood of tiny overlapping fragments costs time in proportion to its bytes', async () => {
    const d = await decoder({ slots: 16 });
    for (let i = 0; i < 20_000; i++) {
      const offset = ((i * 7919) % 8000) * 8;
      d.thread.release(d.one(packet(ethernet(), ipv4({ offset, moreFragments: true }), 'xxxxxxxxyyyyyyyy')));
    }
    expect(d.thread.pool.idle).toBe(true);
  });
});

test('memory of fragments is reused after release', () => {
  const memory = new FragmentMemory(1 << 20);
  const sizes = [1, 64, 65, 1000, 1480, 65535, 131072, 200, 3000];
  for (let round = 0; round < 50; round++) {
    const pieces = sizes.map(size => memory.allocate(size));
    expect(new Set(pieces).size).toBe(sizes.length);
    expect(Math.min(...pieces)).toBeGreaterThanOrEqual(0);
    for (const [i, piece] of pieces.entries()) memory.release(piece, sizes[i]!);
    expect(memory.used).toBe(0);
  }
  expect(memory.allocate(1 << 18)).toBe(-1);
});

test('memory blocks of fragments do not overlap', () => {
  const memory = new FragmentMemory(1 << 19);
  const taken: { piece: number; size: number; mark: number }[] = [];
  const random = randomNumbers(1);
  for (let i = 0; i < 3000; i++) {
    const size = 1 + random(3000);
    const piece = memory.allocate(size);
    if (piece < 0 || random(3) === 0) {
      for (const t of taken.splice(0, 20)) {
        expect(memory.view(t.piece, t.size).every(byte => byte === t.mark)).toBe(true);
        memory.release(t.piece, t.size);
      }
    }
    if (piece < 0) continue;
    const mark = i & 0xff;
    memory.copyIn(piece, new Uint8Array(size).fill(mark), 0, size);
    taken.push({ piece, size, mark });
  }
  expect(memory.used).toBeLessThanOrEqual(1 << 19);
});

test('adjacent runs are joined', () => {
  const runs = new Runs();
  const shown = () => Array.from({ length: runs.length }, (_, i) => [runs.start(i), runs.end(i)]);
  runs.join(16, 24);
  runs.join(0, 8);
  expect(shown()).toEqual([
    [0, 8],
    [16, 24],
  ]);
  expect(runs.overlaps(8, 16)).toBe(false);
  expect(runs.overlaps(8, 17)).toBe(true);
  runs.join(8, 16);
  expect(shown()).toEqual([[0, 24]]);
  runs.join(100, 200);
  runs.join(20, 150);
  expect(shown()).toEqual([[0, 200]]);
  expect(runs.reach(200)).toBe(true);
});
