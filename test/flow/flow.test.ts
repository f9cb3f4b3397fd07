import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Batch } from '../../engine/batch.js';
import { DEVICE_NAMES } from '../../engine/event.js';
import * as FlowRecord from '../../engine/flow/flow-record.js';
import * as Packet from '../../engine/packet.js';
import flow from '../../modules/flow.js';
import { ethernet, icmp, icmpv6, ipv4, ipv6, packet, tcp, udp, vlan } from '../packets/builder.js';
import { type FeedOptions, type StubOptions, type StubThread, stubThread } from '../thread-stub.js';
import { decodeAll } from './decoded.js';

const HERE = '10.0.0.1';
const THERE = '10.0.0.2';

function setUp(options: StubOptions = {}) {
  const thread = stubThread(options);
  return { thread, ...feeding(thread, flow.create(thread) as FlowModule) };
}

interface FlowModule {
  process(batch: Batch): void;
  end(batch: Batch): void;
}

function feeding(thread: StubThread, module: FlowModule) {
  const feed = (packets: Uint8Array[], time?: FeedOptions): Batch => {
    const batch = decodeAll(thread, thread.batch(packets, time));
    module.process(batch);
    return batch;
  };
  return { module, feed };
}

const udpTo = (sport: number, from = HERE, to = THERE, dport = 53) =>
  packet(ethernet(), ipv4({ source: from, destination: to }), udp({ sport, dport }), 'x');
const udpBack = (sport: number) =>
  packet(ethernet(), ipv4({ source: THERE, destination: HERE }), udp({ sport: 53, dport: sport }), 'yy');

const flowsOf = (thread: StubThread, batch: Batch) =>
  [...batch.slots.subarray(0, batch.length)].map(slot => thread.field(slot, Packet.FLOW));
const column = (thread: StubThread, row: number, field: number) =>
  thread.flows.row[row * FlowRecord.INTS + field]!;
const ends = (thread: StubThread, batch: Batch) =>
  [...batch.slots.subarray(0, batch.length)].filter(
    slot => thread.field(slot, Packet.PSEUDO) === Packet.PSEUDO_FLOW_END,
  );

describe('lookup', () => {
  const quoted = ipv4({ source: HERE, destination: THERE });
  const six = (source: string, destination: string) => ipv6({ source, destination });
  const cases: [string, Uint8Array[], number[]][] = [
    ['both directions are one flow', [udpTo(1000), udpBack(1000), udpTo(1000)], [0, 0, 0]],
    ['another port is another flow', [udpTo(1000), udpTo(1001)], [0, 1]],
    ['another address is another flow', [udpTo(1000), udpTo(1000, '10.0.0.9')], [0, 1]],
    [
      'the same ports of another protocol are another flow',
      [udpTo(1000), packet(ethernet(), ipv4(), tcp({ sport: 1000, dport: 53 }))],
      [0, 1],
    ],
    [
      'equal ports at both ends',
      [
        udpTo(53),
        packet(ethernet(), ipv4({ source: THERE, destination: HERE }), udp({ sport: 53, dport: 53 })),
      ],
      [0, 0],
    ],
    [
      'IPv6 addresses count whole',
      [
        packet(ethernet(), six('2001:db8::1', '2001:db8::2'), udp()),
        packet(ethernet(), six('2001:db9::1', '2001:db8::2'), udp()),
        packet(ethernet(), six('2001:db8::2', '2001:db8::1'), udp({ sport: 53, dport: 40000 })),
      ],
      [0, 1, 0],
    ],
    [
      'echo and its reply',
      [
        packet(ethernet(), ipv4({ source: HERE, destination: THERE }), icmp({ type: 8 })),
        packet(ethernet(), ipv4({ source: THERE, destination: HERE }), icmp({ type: 0 })),
      ],
      [0, 0],
    ],
    [
      'ICMPv6 echo and its reply',
      [
        packet(ethernet(), six('2001:db8::1', '2001:db8::2'), icmpv6({ type: 128 })),
        packet(ethernet(), six('2001:db8::2', '2001:db8::1'), icmpv6({ type: 129 })),
      ],
      [0, 0],
    ],
    [
      'VLANs are part of the key',
      [
        packet(ethernet(), vlan(1), ipv4(), udp()),
        packet(ethernet(), vlan(2), ipv4(), udp()),
        packet(ethernet(), ipv4(), udp()),
      ],
      [0, 1, 2],
    ],
    [
      'an ICMP error belongs to the flow it quotes',
      [
        udpTo(1000),
        packet(
          ethernet(),
          ipv4({ source: '10.9.9.9', destination: HERE }),
          icmp({ type: 3, code: 3 }),
          packet(quoted, udp({ sport: 1000, dport: 53 })),
        ),
      ],
      [0, 0],
    ],
    [
      'an ICMP error about an unknown flow begins none',
      [packet(ethernet(), ipv4(), icmp({ type: 3, code: 3 }), packet(quoted, udp({ sport: 7 })))],
      [-1],
    ],
    ['an ICMP error that quotes too little', [packet(ethernet(), ipv4(), icmp({ type: 3 }), 'short')], [-1]],
  ];
  it.each(cases)('%s', (_name, packets, expected) => {
    const { thread, feed } = setUp();
    expect(flowsOf(thread, feed(packets))).toEqual(expected);
  });

  it('distinguishes IPv4 and IPv6, whichever came last', () => {
    const { thread, feed } = setUp();
    const zeros = udpTo(1, '0.0.0.1', '0.0.0.2');
    const wide = packet(ethernet(), ipv6({ source: '0:1::', destination: '0:2::' }), udp({ sport: 1 }), 'x');
    const wider = packet(
      ethernet(),
      ipv6({ source: '0:1::5', destination: '0:2::6' }),
      udp({ sport: 1 }),
      'x',
    );
    expect(flowsOf(thread, feed([zeros, wide, wider, zeros, wide, wider, zeros]))).toEqual([
      0, 1, 2, 0, 1, 2, 0,
    ]);
  });

  it('distinguishes ESP associations by their SPI', () => {
    const { thread, feed } = setUp();
    const esp = (spi: number, from = HERE, to = THERE) =>
      packet(
        ethernet(),
        ipv4({ source: from, destination: to, protocol: 50 }),
        Uint8Array.of(0, 0, 1, spi, 0, 0, 0, 1),
        'xxxx',
      );
    expect(flowsOf(thread, feed([esp(1), esp(2), esp(1), esp(1, THERE, HERE)]))).toEqual([0, 1, 0, 0]);
  });

  it('ignores VLANs if configured', () => {
    const { thread, feed } = setUp({ config: { vlan: { 'use-for-tracking': false } } });
    const batch = feed([
      packet(ethernet(), vlan(1), ipv4(), udp()),
      packet(ethernet(), vlan(2), ipv4(), udp()),
    ]);
    expect(flowsOf(thread, batch)).toEqual([0, 0]);
  });

  it('assigns no flow to invalid packets and fragments', () => {
    const { thread, module } = setUp();
    const batch = decodeAll(thread, thread.batch([udpTo(1), udpTo(2)]));
    thread.memory.row[batch.slots[0]! * Packet.INTS + Packet.FLAGS] = Packet.FLAG_INVALID;
    thread.memory.row[batch.slots[1]! * Packet.INTS + Packet.FLAGS] = Packet.FLAG_FRAGMENT;
    module.process(batch);
    expect(flowsOf(thread, batch)).toEqual([-1, -1]);
  });
});

describe('flows', () => {
  it('count packets and bytes, directions and state', () => {
    const { thread, feed } = setUp();
    const batch = feed([udpTo(1000), udpBack(1000), udpTo(1000)]);
    const states = [...batch.slots.subarray(0, 3)].map(slot => thread.field(slot, Packet.FLOW_STATE));
    expect(states).toEqual([
      Packet.FLOW_TO_SERVER | Packet.FLOW_FIRST_IN_DIRECTION,
      Packet.FLOW_ESTABLISHED | Packet.FLOW_FIRST_IN_DIRECTION,
      Packet.FLOW_TO_SERVER | Packet.FLOW_ESTABLISHED,
    ]);
    expect(column(thread, 0, FlowRecord.PACKETS_TO_SERVER)).toBe(2);
    expect(column(thread, 0, FlowRecord.PACKETS_TO_CLIENT)).toBe(1);
    expect(thread.flows.row64[FlowRecord.BYTES_TO_SERVER]).toBe(2 * udpTo(1000).length);
    expect(thread.flows.row64[FlowRecord.BYTES_TO_CLIENT]).toBe(udpBack(1000).length);
    expect(column(thread, 0, FlowRecord.STATE)).toBe(FlowRecord.STATE_ESTABLISHED);
    expect(thread.field(batch.slots[1]!, Packet.FLOW_PACKETS_TO_SERVER)).toBe(1);
  });

  it('that are dropped drop every packet, with the reason', () => {
    const { thread, feed } = setUp();
    feed([udpTo(1000)]);
    thread.flows.row[FlowRecord.FLAGS]! |= FlowRecord.FLAG_DROPPED;
    const slot = feed([udpBack(1000)]).slots[0]!;
    expect(thread.field(slot, Packet.VERDICT)).toBe(Packet.VERDICT_DROP);
    expect(thread.field(slot, Packet.FLOW_STATE) & Packet.FLOW_DROPPED).toBeTruthy();
  });

  it('have the same id in every table with the same seed', () => {
    const id = () => {
      const { thread, feed } = setUp();
      feed([udpTo(1000)]);
      return [column(thread, 0, FlowRecord.ID_LOW), column(thread, 0, FlowRecord.ID_HIGH)];
    };
    expect(id()).toEqual(id());
    expect(id()[1]! >= 0 && id()[1]! < 2 ** 19).toBe(true);
  });
});

describe('the end of flows', () => {
  it('a packet after the timeout ends the flow and begins another', () => {
    const { thread, feed } = setUp();
    feed([udpTo(1000)], { time: 1000 });
    const before = feed([udpTo(1000)], { time: 1029.9 });
    expect(flowsOf(thread, before)).toEqual([0]);
    const after = feed([udpTo(1000)], { time: 1059.9 });
    expect(flowsOf(thread, after)).toEqual([1, 0]);
    expect(ends(thread, after)).toHaveLength(1);
    expect(column(thread, 0, FlowRecord.END_REASON)).toBe(FlowRecord.REASON_TIMEOUT);
  });

  it('is reported with the device on which the flow began', () => {
    const { thread, module, feed } = setUp({ shared: { [DEVICE_NAMES]: ['eth0', 'eth1'] } });
    const first = decodeAll(thread, thread.batch([udpTo(1000)], { time: 1000 }));
    thread.memory.row[first.slots[0]! * Packet.INTS + Packet.SOURCE] = 1;
    module.process(first);
    const after = feed([udpTo(1000)], { time: 1059.9 });
    expect(ends(thread, after).map(slot => thread.field(slot, Packet.SOURCE))).toEqual([1]);
    expect(column(thread, 0, FlowRecord.END_REASON) & FlowRecord.END_REASON_MASK).toBe(
      FlowRecord.REASON_TIMEOUT,
    );
  });

  it('packets are passed on before a forward jump in time, not before a backward one', () => {
    const handedOn: number[] = [];
    const { feed } = setUp({ onForward: batch => handedOn.push(batch.length) });
    feed([udpTo(1000), udpTo(1000), udpTo(1000), udpTo(1000)], { time: 1100, interval: -25 });
    expect(handedOn).toEqual([]);
    const { thread, module } = setUp({ onForward: batch => handedOn.push(batch.length) });
    const batch = decodeAll(thread, thread.batch([udpTo(1000), udpTo(1000)], { time: 1100, interval: -40 }));
    const later = decodeAll(thread, thread.batch([udpTo(1000)], { time: 1100 }));
    batch.push(later.slots[0]!);
    module.process(batch);
    expect(handedOn).toEqual([2]);
  });

  it('packets are passed on before a later time, so that modules behind update the flow first', () => {
    const seen: number[] = [];
    const { thread, feed } = setUp({ onForward: batch => seen.push(batch.length) });
    const batch = feed([udpTo(1000), udpTo(1000), udpTo(1000)], { time: 1000, interval: 20 });
    expect(seen).toEqual([2]);
    expect(flowsOf(thread, batch)).toEqual([0]);
  });

  it('a row is reused only after the last packet is released', () => {
    const { thread, feed } = setUp({ flows: 2 });
    feed([udpTo(1000)], { time: 1000 });
    const batch = feed([udpTo(1000)], { time: 1100 });
    expect(flowsOf(thread, feed([udpTo(1001)], { time: 1100 }))[0]).toBe(-1);
    thread.release(ends(thread, batch));
    expect(flowsOf(thread, feed([udpTo(1001)], { time: 1100 }))[0]).toBe(0);
  });

  it('a new flow has no state of the previous one in its row', () => {
    const { thread, feed } = setUp();
    thread.releaseBatch(feed([udpTo(1000), udpBack(1000)], { time: 1000 }));
    const { row } = thread.flows;
    for (const field of [
      FlowRecord.ACTION,
      FlowRecord.DETECT_FLAGS,
      FlowRecord.EXCEPTIONS,
      FlowRecord.ALERTS,
    ])
      row[field] = 1;
    row[FlowRecord.FLAGS]! |= FlowRecord.FLAG_ELEPHANT;
    const before = [column(thread, 0, FlowRecord.ID_LOW), column(thread, 0, FlowRecord.ID_HIGH)];
    // The row is free when the pseudo packet of its end is released.
    thread.releaseBatch(feed([udpTo(1000)], { time: 2000 }));
    const ping = packet(ethernet(), ipv6(), icmpv6({ type: 128, code: 3 }), 'x');
    thread.releaseBatch(feed([ping], { time: 2001.5 }));
    const fresh = Array.from({ length: FlowRecord.INTS }, (_, field) => column(thread, 0, field));
    expect(fresh[FlowRecord.IP_VERSION]).toBe(6);
    for (const field of [
      FlowRecord.ACTION,
      FlowRecord.DETECT_FLAGS,
      FlowRecord.EXCEPTIONS,
      FlowRecord.ALERTS,
    ])
      expect(fresh[field]).toBe(0);
    expect(
      fresh[FlowRecord.FLAGS]! &
        (FlowRecord.FLAG_ELEPHANT |
          FlowRecord.FLAG_TO_CLIENT_SEEN |
          FlowRecord.FLAG_ENDING |
          FlowRecord.FLAG_EMERGENCY),
    ).toBe(0);
    expect([
      fresh[FlowRecord.START_SECONDS],
      fresh[FlowRecord.START_NANOSECONDS],
      fresh[FlowRecord.END_REASON],
    ]).toEqual([2001, 500_000_000, 0]);
    expect([fresh[FlowRecord.ICMP_TYPE], fresh[FlowRecord.ICMP_CODE]]).toEqual([128, 3]);
    expect([fresh[FlowRecord.PACKETS_TO_SERVER], fresh[FlowRecord.PACKETS_TO_CLIENT]]).toEqual([1, 0]);
    expect([fresh[FlowRecord.ID_LOW], fresh[FlowRecord.ID_HIGH]]).not.toEqual(before);
    expect(thread.flows.row64[FlowRecord.BYTES_TO_CLIENT]).toBe(0);
  });

  it('all flows end at the end of the run, however small the pool', () => {
    const handedOn: number[] = [];
    let release: (slots: number[]) => void = () => {};
    const { thread, module, feed } = setUp({
      slots: 40,
      onForward: batch => {
        const slots = [...batch.slots.subarray(0, batch.length)];
        handedOn.push(...slots.map(slot => thread.field(slot, Packet.FLOW)));
        release(slots);
      },
    });
    release = slots => thread.release(slots);
    for (let i = 0; i < 100; i++) thread.releaseBatch(feed([udpTo(i)]));
    const last = new Batch();
    module.end(last);
    handedOn.push(...flowsOf(thread, last));
    expect(handedOn.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(column(thread, 0, FlowRecord.END_REASON)).toBe(FlowRecord.REASON_SHUTDOWN);
    expect(thread.counters.read('flow.active')).toBe(0);
  });

  it('idle flows end at the next packet with eager expiry', () => {
    const { thread, feed } = setUp({ config: { flow: { expiry: 'eager' } } });
    feed([udpTo(1000)], { time: 1000 });
    feed([udpTo(1001)], { time: 1100 });
    const batch = feed([udpTo(1001)], { time: 1101 });
    expect(ends(thread, batch).map(slot => thread.field(slot, Packet.FLOW))).toEqual([0]);
    expect(thread.counters.read('flow.mgr.flows_timeout')).toBe(1);
  });
});

describe('a custom expiry policy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-expiry-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const withPolicy = async (code: string, options: StubOptions = {}) => {
    const file = join(folder, `${Math.random()}.mjs`);
    writeFileSync(file, `export default ${code};`);
    const config = { flow: { 'expiry-policy': file, expiry: 'eager' } };
    const thread = stubThread({ ...options, config });
    return { thread, ...feeding(thread, (await flow.create(thread)) as FlowModule) };
  };

  it('ends flows before their timeout', async () => {
    const { thread, feed } = await withPolicy(
      '{ api: 1, summary: "", create: () => ({ sweep(flows) { if (flows.active > 1) flows.end(flows.firstRow); } }) }',
    );
    feed([udpTo(1000), udpTo(1001)]);
    const batch = feed([udpTo(1001)]);
    expect(ends(thread, batch).map(slot => thread.field(slot, Packet.FLOW))).toEqual([0]);
    expect(column(thread, 0, FlowRecord.END_REASON)).toBe(FlowRecord.REASON_FORCED);
  });

  it('cannot end flows twice, nor rows that are not flows', async () => {
    const { thread, feed } = await withPolicy(
      '{ api: 1, summary: "", create: () => ({ sweep(flows) { for (let i = -3; i < 5000; i++) flows.end(i); } }) }',
    );
    feed([udpTo(1000)]);
    const batch = feed([udpTo(1000)]);
    expect(ends(thread, batch)).toHaveLength(1);
    expect(thread.counters.read('flow.active')).toBe(1);
  });

  it('chooses the flow to be replaced', async () => {
    const newest =
      '{ api: 1, summary: "", create: () => ({ sweep() {}, victim: flows => flows.firstRow + flows.rows - 1 }) }';
    const { thread, feed } = await withPolicy(newest, { flows: 320, slots: 2000 });
    for (let i = 0; i < 400; i++) thread.releaseBatch(feed([udpTo(i)], { time: 1000 + i / 1000 }));
    expect(thread.counters.read('flow.emerg_mode_entered')).toBe(1);
    expect(column(thread, 0, FlowRecord.END_REASON)).toBe(0);
  });

  it.each([
    ['7', /not a flow-expiry policy \(see defineFlowExpiry\)/],
    ['{ api: 9, create() {} }', /made for flow-expiry API 9, this engine has 1/],
  ])('%s is rejected with its name', async (code, message) => {
    await expect(withPolicy(code)).rejects.toThrow(message);
  });
});

describe('memory', () => {
  it('flows are replaced in emergency mode, which ends again', () => {
    const { thread, feed } = setUp({ flows: 320, slots: 2000 });
    const without: number[] = [];
    for (let i = 0; i < 2000; i++) {
      const batch = feed([udpTo(i)], { time: 1000 + i / 1000 });
      without.push(...flowsOf(thread, batch).filter(f => f < 0));
      thread.releaseBatch(batch);
    }
    expect(without).toEqual([]);
    expect(thread.counters.read('flow.emerg_mode_entered')).toBe(1);
    for (let i = 0; i < 20; i++) thread.releaseBatch(feed([udpTo(1)], { time: 1100 + i }));
    expect(thread.counters.read('flow.emerg_mode_over')).toBe(1);
    expect(thread.counters.read('flow.emerg_mode_entered')).toBe(1);
  });

  it('of eight candidates, the flow idle for longest is replaced, and the search continues behind them', () => {
    const { thread, feed } = setUp({ flows: 320, slots: 2000 });
    /** @returns rows of the flows that end */
    const at = (seconds: number, ...ports: number[]) => {
      const batch = feed(
        ports.map(port => udpTo(port)),
        { time: seconds },
      );
      const over = ends(thread, batch).map(slot => thread.field(slot, Packet.FLOW));
      thread.releaseBatch(batch);
      return over;
    };
    at(1000, ...Array.from({ length: 310 }, (_, i) => i));
    at(1001, 3, 5);
    at(1002, 4, 6, 7, 8, 9, 10, 11, 13, 14, 15);
    at(1003, 0, 1, 2);
    expect([400, 401, 402].map(port => at(1004, port))).toEqual([[], [3], [12]]);
    expect(thread.counters.read('flow.get_used')).toBe(2);
  });

  it('packets beyond the memcap get the memcap policy', () => {
    const { thread, feed } = setUp({
      flows: 1,
      config: { 'engine-mode': 'ips', flow: { 'memcap-policy': 'drop-flow' } },
    });
    const batch = feed([udpTo(1), udpTo(2)]);
    expect(thread.field(batch.slots[1]!, Packet.VERDICT)).toBe(Packet.VERDICT_DROP);
    expect(thread.counters.read('flow.memcap')).toBe(1);
    expect(thread.counters.read('exception_policy.flow.memcap.drop_packet')).toBe(1);
  });

  it('the table stays within the memcap', () => {
    const { thread, feed } = setUp({ flows: 1000, config: { flow: { memcap: '28800b' } } });
    const batch = feed(Array.from({ length: 200 }, (_, i) => udpTo(i)));
    expect(flowsOf(thread, batch).filter(f => f >= 0)).toHaveLength(100);
  });
});

describe('reuse of ports', () => {
  const syn = packet(ethernet(), ipv4(), tcp({ sport: 1, flags: 'S' }));
  const back = packet(ethernet(), ipv4({ source: THERE, destination: HERE }), tcp({ sport: 80, dport: 1 }));

  it('moves this and later packets of the batch to a new flow', () => {
    const { thread, feed } = setUp();
    const batch = feed([syn, back, syn, back, udpTo(9)]);
    const table = thread.services.get('flow-table') as { replaceFlow(b: Batch, i: number): number };
    expect(table.replaceFlow(batch, 2)).toBe(2);
    expect(flowsOf(thread, batch)).toEqual([0, 0, 2, 2, 1]);
    const counts = [0, 2].map(row => [
      column(thread, row, FlowRecord.PACKETS_TO_SERVER),
      column(thread, row, FlowRecord.PACKETS_TO_CLIENT),
    ]);
    expect(counts).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(ends(thread, feed([udpTo(9)])).map(slot => thread.field(slot, Packet.FLOW))).toEqual([0]);
  });

  it('swaps client and server', () => {
    const { thread, feed } = setUp();
    const batch = feed([syn, syn]);
    const table = thread.services.get('flow-table') as { swap(b: Batch, i: number): void };
    table.swap(batch, 1);
    expect(column(thread, 0, FlowRecord.CLIENT_PORT)).toBe(80);
    expect(column(thread, 0, FlowRecord.PACKETS_TO_CLIENT)).toBe(2);
    expect(thread.field(batch.slots[1]!, Packet.FLOW_STATE) & Packet.FLOW_TO_SERVER).toBe(0);
    expect(thread.field(batch.slots[0]!, Packet.FLOW_PACKETS_TO_SERVER)).toBe(1);
    const [slot] = batch.slots.subarray(1);
    expect(thread.field(slot!, Packet.FLOW_PACKETS_TO_SERVER)).toBe(0);
    expect(thread.field(slot!, Packet.FLOW_PACKETS_TO_CLIENT)).toBe(2);
    const bytes = thread.memory.row64.subarray(slot! * Packet.DOUBLES);
    expect([bytes[Packet.FLOW_BYTES_TO_SERVER], bytes[Packet.FLOW_BYTES_TO_CLIENT]]).toEqual([
      0,
      2 * syn.length,
    ]);
  });
});
