import { describe, expect, test } from 'vitest';
import { Batch } from '../../engine/batch.js';
import * as Packet from '../../engine/packet.js';
import {
  REASON_EXCEPTION_FLOW_DROP,
  REASON_FLOW_DROP,
  REASON_RULES,
  REASON_TUNNEL_PACKET_DROP,
} from '../../engine/verdict.js';
import verdict from '../../modules/verdict.js';
import { type StubThread, stubThread } from '../thread-stub.js';

interface Sketch {
  verdict?: number;
  reason?: number;
  flowState?: number;
  pseudo?: number;
  flags?: number;
  root?: number;
}

/** Rows of packets; `root` is the index of the outer packet. */
function rows(thread: StubThread, sketches: readonly Sketch[]): number[] {
  const { row } = thread.memory;
  const slots = sketches.map(() => thread.pool.take());
  sketches.forEach((sketch, i) => {
    const p = slots[i]! * Packet.INTS;
    row[p + Packet.VERDICT] = sketch.verdict ?? 0;
    row[p + Packet.REASON] = sketch.reason ?? 0;
    row[p + Packet.FLOW_STATE] = sketch.flowState ?? 0;
    row[p + Packet.PSEUDO] = sketch.pseudo ?? 0;
    row[p + Packet.FLAGS] = sketch.flags ?? 0;
    if (sketch.root === undefined) return;
    const r = slots[sketch.root]! * Packet.INTS;
    row[p + Packet.ROOT] = slots[sketch.root]!;
    row[r + Packet.REFERENCES]!++;
    row[r + Packet.PENDING_VERDICTS]!++;
  });
  return slots;
}

async function judged(
  sketches: readonly Sketch[],
  order = sketches.map((_, i) => i),
  config: Record<string, unknown> = { 'engine-mode': 'ips' },
) {
  const thread = stubThread({ config });
  const module = await verdict.create(thread);
  const slots = rows(thread, sketches);
  const batch = new Batch();
  for (const i of order) batch.push(slots[i]!);
  module.process(batch);
  const drops = [...batch.slots.subarray(0, batch.length)].filter(
    slot => thread.field(slot, Packet.EVENT_KIND) === 5,
  );
  return {
    counters: thread.counters.nonZero(),
    verdicts: slots.map(slot => thread.field(slot, Packet.VERDICT)),
    drops: drops.length,
  };
}

const DROP = Packet.VERDICT_DROP;
const TUNNEL = Packet.PSEUDO_TUNNEL;

describe('verdict', () => {
  test('counts captured packets by verdict', async () => {
    const { counters } = await judged([
      {},
      { verdict: Packet.VERDICT_PASS },
      { verdict: DROP, reason: REASON_RULES },
      { verdict: Packet.VERDICT_REJECT, reason: REASON_RULES },
      { pseudo: Packet.PSEUDO_FLOW_END },
    ]);
    expect(counters).toEqual({
      'ips.accepted': 2,
      'ips.blocked': 1,
      'ips.rejected': 1,
      'ips.drop_reason.rules': 2,
    });
  });

  test('packets of a dropped flow are dropped and logged', async () => {
    const { counters, drops } = await judged([{ flowState: Packet.FLOW_DROPPED }]);
    expect(counters).toEqual({ 'ips.blocked': 1, 'ips.drop_reason.exception_policy_flow_drop': 1 });
    expect(drops).toBe(1);
    expect(REASON_EXCEPTION_FLOW_DROP).toBe(23);
  });

  test.each([
    ['outer first', [0, 1, 2]],
    ['inner first', [2, 1, 0]],
  ])('a drop inside tunnels drops the outermost packet; both drops are logged, %s', async (_, order) => {
    const { counters, verdicts, drops } = await judged(
      [{}, { pseudo: TUNNEL, root: 0 }, { pseudo: TUNNEL, root: 1, verdict: DROP, reason: REASON_RULES }],
      order,
    );
    expect(counters).toEqual({ 'ips.blocked': 1, 'ips.drop_reason.tunnel_packet_drop': 1 });
    expect(verdicts).toEqual([DROP, DROP, DROP]);
    expect(drops).toBe(2);
    expect(REASON_TUNNEL_PACKET_DROP).toBe(15);
  });

  test.each([
    ['in a tunnel', TUNNEL, DROP, { 'ips.blocked': 1, 'ips.drop_reason.tunnel_packet_drop': 1 }],
    [
      'of fragments',
      Packet.PSEUDO_REASSEMBLED,
      Packet.VERDICT_REJECT_BOTH,
      { 'ips.rejected': 1, 'ips.drop_reason.rules': 1 },
    ],
  ])('a rejected packet %s drops or rejects its outer packet', async (_, pseudo, outer, expected) => {
    const rejected = { pseudo, root: 0, verdict: Packet.VERDICT_REJECT_BOTH, reason: REASON_RULES };
    const { counters, verdicts } = await judged([{}, rejected]);
    expect(counters).toEqual(expected);
    expect(verdicts).toEqual([outer, Packet.VERDICT_REJECT_BOTH]);
  });

  test.each([
    ['in a tunnel', TUNNEL],
    ['of fragments', Packet.PSEUDO_REASSEMBLED],
  ])('in IDS mode, a rejected packet %s drops nothing', async (_, pseudo) => {
    const rejected = { pseudo, root: 0, verdict: Packet.VERDICT_REJECT, reason: REASON_RULES };
    expect(await judged([{}, rejected], undefined, {})).toEqual({
      counters: { 'ips.accepted': 1 },
      verdicts: [Packet.VERDICT_NONE, Packet.VERDICT_REJECT],
      drops: 0,
    });
  });

  test('a verdict on the outer packet itself takes precedence, also if it comes later', async () => {
    const thread = stubThread({ config: { 'engine-mode': 'ips' } });
    const module = await verdict.create(thread);
    const [outer, inner] = rows(thread, [
      {},
      { pseudo: TUNNEL, root: 0, verdict: DROP, reason: REASON_FLOW_DROP },
    ]);
    const pass = (slot: number) => {
      const batch = new Batch();
      batch.push(slot);
      module.process(batch);
    };
    pass(inner!);
    expect(thread.field(outer!, Packet.VERDICT)).toBe(Packet.VERDICT_NONE);
    thread.memory.row[outer! * Packet.INTS + Packet.VERDICT] = Packet.VERDICT_REJECT;
    thread.memory.row[outer! * Packet.INTS + Packet.REASON] = REASON_RULES;
    pass(outer!);
    expect(thread.field(outer!, Packet.VERDICT)).toBe(Packet.VERDICT_REJECT);
    expect(thread.counters.nonZero()).toEqual({
      'ips.rejected': 1,
      'ips.drop_reason.rules': 1,
    });
  });

  describe('inline, a modified packet', () => {
    const ips = { 'engine-mode': 'ips' };
    const changed = { flags: Packet.FLAG_MODIFIED };

    test.each([
      ['outer first', [0, 1, 2]],
      ['inner first', [2, 1, 0]],
    ])('inside tunnels is sent in its outermost packet, %s', async (_, order) => {
      const sketches = [{}, { pseudo: TUNNEL, root: 0 }, { pseudo: TUNNEL, root: 1, ...changed }];
      expect(await judged(sketches, order, ips)).toEqual({
        counters: { 'ips.replaced': 1 },
        verdicts: [0, 0, 0],
        drops: 0,
      });
    });

    test('reassembled from fragments cannot be sent: its fragments are dropped', async () => {
      const datagram = { pseudo: Packet.PSEUDO_REASSEMBLED, root: 1 };
      const fragments = [{}, { root: 0 }];
      const expected = { counters: { 'ips.blocked': 2, 'ips.drop_reason.defrag_error': 2 }, drops: 3 };
      const order = [0, 1, 2];
      expect(await judged([...fragments, { ...datagram, ...changed }], order, ips)).toMatchObject(expected);
      const inner = { pseudo: TUNNEL, root: 2, ...changed };
      expect(await judged([...fragments, datagram, inner], [...order, 3], ips)).toMatchObject(expected);
    });

    test('is not sent in IDS mode', async () => {
      const datagram = { pseudo: Packet.PSEUDO_REASSEMBLED, root: 0, ...changed };
      expect(await judged([{}, datagram], undefined, {})).toMatchObject({ counters: { 'ips.accepted': 1 } });
    });
  });

  test('an outer packet waits for all packets inside it', async () => {
    const { counters } = await judged([{}, { pseudo: TUNNEL, root: 0 }, { pseudo: TUNNEL, root: 0 }], [0, 1]);
    expect(counters).toEqual({});
  });
});
