/** Inline, fragments are held for the verdict of their datagram: each gets exactly one verdict and is released. */
import { expect, it } from 'vitest';
import { Batch } from '../../engine/batch.js';
import type { ConfigTree } from '../../engine/config/config.js';
import type { ThreadModule } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import { Returns } from '../../engine/thread/returns.js';
import { REASON_RULES } from '../../engine/verdict.js';
import { VERDICT_DELIVERY } from '../../engine/verdict-delivery.js';
import decode from '../../modules/decode.js';
import verdict from '../../modules/verdict.js';
import { ethernet, fragment, gre, ipv4, ipv6, packet, udp } from '../packets/builder.js';
import { randomFractions } from '../pseudo-random.js';
import { type StubThread, stubThread } from '../thread-stub.js';

/** Decoding and verdicts, and the verdicts given to the device. */
class Line {
  /** How often each captured packet, by number, was passed and was dropped. */
  readonly passed = new Map<number, number>();
  readonly dropped = new Map<number, number>();
  private readonly returns: Returns;

  private constructor(
    readonly thread: StubThread,
    private readonly decoding: ThreadModule,
    private readonly judging: ThreadModule,
    private readonly drops: () => boolean,
  ) {
    this.returns = new Returns(thread.memory, thread.pool, [undefined], []);
  }

  /** @param drops whether the next datagram is dropped */
  static async of(slots: number, defrag: ConfigTree, drops: () => boolean, policy = 'bsd'): Promise<Line> {
    const config = { 'engine-mode': 'ips', defrag, 'host-os-policy': { [policy]: ['0.0.0.0/0'] } };
    let line: Line | undefined;
    const thread = stubThread({ slots, config, onForward: batch => line!.judge(batch) });
    const deliver = (slot: number, given: number) => line!.note(slot, given);
    thread.services.set(VERDICT_DELIVERY, { deliver });
    line = new Line(thread, await decode.create(thread), await verdict.create(thread), drops);
    return line;
  }

  take(packets: readonly Uint8Array[], time: number, interval?: number): void {
    const batch = this.thread.batch(packets, { time, interval });
    this.decoding.process(batch);
    this.judge(batch);
  }

  end(): void {
    const batch = new Batch();
    this.decoding.end!(batch);
    this.judge(batch);
  }

  private judge(batch: Batch): void {
    const { row } = this.thread.memory;
    for (let i = 0; i < batch.length; i++) {
      const p = batch.slots[i]! * Packet.INTS;
      if (row[p + Packet.PSEUDO] !== Packet.PSEUDO_REASSEMBLED || !this.drops()) continue;
      row[p + Packet.VERDICT] = Packet.VERDICT_DROP;
      row[p + Packet.REASON] = REASON_RULES;
    }
    this.judging.process(batch);
    for (let i = 0; i < batch.length; i++) this.returns.release(batch.slots[i]!);
    batch.clear();
  }

  private note(slot: number, given: number): void {
    const heard = given === Packet.VERDICT_DROP ? this.dropped : this.passed;
    const number = this.thread.field(slot, Packet.NUMBER);
    heard.set(number, (heard.get(number) ?? 0) + 1);
  }
}

/** Fragments of a few datagrams of IPv4 and IPv6, also in tunnels, and fragmented tunnels. */
function randomPacket(below: (limit: number) => number): Uint8Array {
  const part = { id: below(4), offset: below(6) * 8, moreFragments: below(4) > 0 };
  const data = 'x'.repeat(8 * (1 + below(2)));
  const tunnel = [ipv4({ source: '9.9.9.9' }), gre()];
  switch (below(5)) {
    case 0:
      return packet(ethernet(), ipv4(), udp({ sport: 3, dport: 4 }), data);
    case 1:
      return packet(ethernet(), ipv4({ ...part, protocol: 17 }), data);
    case 2:
      return packet(ethernet(), ipv6(), fragment({ ...part, next: 17 }), data);
    case 3:
      return packet(ethernet(), ...tunnel, ipv4({ ...part, protocol: 17 }), data);
    default: {
      const inside = packet(...tunnel, ipv4({ ...part, protocol: 17 }), data).subarray(20);
      return below(2) === 0
        ? packet(ethernet(), ipv4({ id: 77, protocol: 47, moreFragments: true }), inside.slice(0, 16))
        : packet(ethernet(), ipv4({ id: 77, protocol: 47, offset: 16 }), inside.slice(16));
    }
  }
}

it.each([...Array(60).keys()])('each fragment has one verdict, whatever is scarce (seed %i)', async seed => {
  const random = randomFractions(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const slots = 16 * (1 + below(3));
  const holds = below(3) === 0 ? 0 : 1 + below(20);
  const limits = { memcap: 2000 + below(20_000), trackers: 1 + below(6), 'max-frags': 1 + below(50) };
  const times = { 'hold-time': below(3), timeout: 1 + below(4) };
  const settings = { 'hold-packets': holds, ...limits, ...times };
  const line = await Line.of(slots, settings, () => below(3) === 0, seed % 3 === 0 ? 'linux-6' : 'bsd');
  let time = 1000;
  let count = 0;
  for (let n = 0; n < 12; n++) {
    const most = Math.min(1 + below(7), line.thread.pool.available);
    line.take(
      Array.from({ length: most }, () => randomPacket(below)),
      time,
      below(2) === 0 ? 0.001 : 1.1,
    );
    count += most;
    time += below(3);
  }
  line.end();
  const verdicts = Array.from(
    { length: count },
    (_, i) => (line.passed.get(i + 1) ?? 0) + (line.dropped.get(i + 1) ?? 0),
  );
  expect(verdicts).toEqual(verdicts.map(() => 1));
  expect(line.thread.pool.idle).toBe(true);
});

it('no more fragments are held while expired ones cannot be released for lack of slots', async () => {
  const line = await Line.of(16, { 'hold-time': 0 }, () => false);
  const { pool } = line.thread;
  for (let n = 0; n < 20; n++) {
    const parts = [0, 1].map(i =>
      packet(ethernet(), ipv4({ id: 2 * n + i, protocol: 17, moreFragments: true }), 'abcdefgh'),
    );
    const others = Array.from({ length: pool.available - 2 }, () => packet(ethernet(), ipv4(), udp(), 'x'));
    line.take([...parts, ...others], 1000 + n, 0);
    expect(pool.available).toBeGreaterThan(12);
  }
});

it('thousands of fragments are dropped with their datagram', async () => {
  const count = 5000;
  const line = await Line.of(1 << 16, { 'hold-packets': 8192 }, () => true);
  const parts = Array.from({ length: count }, (_, i) =>
    packet(
      ethernet(),
      ipv4({ id: 1, protocol: 17, offset: i * 8, moreFragments: i < count - 1 }),
      'abcdefgh',
    ),
  );
  line.take(parts, 1000, 0);
  expect([line.passed.size, line.dropped.size]).toEqual([0, count]);
  expect(line.thread.pool.idle).toBe(true);
});

it.each(['bsd', 'linux', 'linux-6'])('duplicate fragments are held with the others: %s', async policy => {
  const line = await Line.of(64, {}, () => true, policy);
  const part = (offset: number) =>
    packet(ethernet(), ipv4({ id: 1, protocol: 17, offset, moreFragments: offset === 0 }), 'abcdefgh');
  line.take([part(8), part(8)], 1000);
  expect(line.passed.size).toBe(0);
  line.take([part(0)], 1000);
  expect([line.passed.size, line.dropped.size]).toEqual([0, 3]);
});

it('no fragment is held longer if the clock is set back', async () => {
  const line = await Line.of(64, {}, () => false);
  const first = packet(ethernet(), ipv4({ id: 1, protocol: 17, moreFragments: true }), 'abcdefgh');
  line.take([first], 5000);
  expect(line.passed.size).toBe(0);
  line.take([packet(ethernet(), ipv4(), udp(), 'x')], 1400);
  expect([line.passed.size, line.dropped.size]).toEqual([1, 1]);
});
