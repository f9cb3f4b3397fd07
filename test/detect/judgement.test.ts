import { describe, expect, test } from 'vitest';
import * as Flow from '../../engine/flow/flow-record.js';
import * as Packet from '../../engine/packet.js';
import { inline, sensorFor, udp } from './sensor.js';

const ips = { config: { 'engine-mode': 'ips' } };
const NONE = Packet.VERDICT_NONE;
const DROP = Packet.VERDICT_DROP;
const PASS = Packet.VERDICT_PASS;

describe('actions', () => {
  test('a drop stops the packet inline, and only alerts in IDS mode', async () => {
    const rules = 'drop udp any any -> any any (content:"bad"; sid:1;)';
    const inlineSensor = await sensorFor(rules, ips);
    expect(inlineSensor.run([udp('bad'), udp('good')])).toEqual({ alerts: ['1@1'], verdicts: [DROP, NONE] });
    const passive = await sensorFor(rules);
    expect(passive.run([udp('bad')])).toEqual({ alerts: ['1@1'], verdicts: [NONE] });
  });

  test('a match in the stream drops the flow: the completing segment and all later packets', async () => {
    const s = await sensorFor('drop tcp any any -> any any (content:"attack"; sid:1;)', ips);
    const packets = ['att', 'ack', 'more'].map(data => inline(data));
    expect(s.run(packets)).toEqual({ alerts: ['1@2'], verdicts: [NONE, DROP, DROP] });
    expect(s.run([inline('later')]).verdicts).toEqual([DROP]);
  });

  test('a match in a packet drops that packet only', async () => {
    const s = await sensorFor('drop tcp-pkt any any -> any any (content:"bad"; sid:1;)', ips);
    expect(s.run([inline('bad'), inline('good')]).verdicts).toEqual([DROP, NONE]);
  });

  test('pass comes first, and suppresses other matches', async () => {
    const s = await sensorFor(
      `alert udp any any -> any any (content:"x"; sid:1;)
       drop udp any any -> any any (content:"x"; sid:2;)
       pass udp any any -> any any (content:"ok"; sid:3;)`,
      ips,
    );
    expect(s.run([udp('x ok'), udp('x')])).toEqual({ alerts: ['2@2', '1@2'], verdicts: [PASS, DROP] });
  });

  test('the order of actions is configurable', async () => {
    const s = await sensorFor(
      `alert udp any any -> any any (content:"x"; sid:1;)
       pass udp any any -> any any (content:"x"; sid:2;)`,
      { config: { 'engine-mode': 'ips', 'action-order': ['alert', 'pass', 'drop', 'reject'] } },
    );
    expect(s.run([udp('x')])).toEqual({ alerts: ['1@1'], verdicts: [PASS] });
  });

  test('the verdict of a reject action has its direction', async () => {
    const s = await sensorFor(
      `reject udp any any -> any any (content:"a"; sid:1;)
       rejectdst udp any any -> any any (content:"b"; sid:2;)
       rejectboth udp any any -> any any (content:"c"; sid:3;)`,
      ips,
    );
    expect(s.run([udp('a'), udp('b'), udp('c')]).verdicts).toEqual([
      Packet.VERDICT_REJECT,
      Packet.VERDICT_REJECT_DESTINATION,
      Packet.VERDICT_REJECT_BOTH,
    ]);
  });

  test('reject takes effect in IDS mode, drop does not', async () => {
    const s = await sensorFor(`
      reject udp any any -> any any (content:"a"; sid:1;)
      drop udp any any -> any any (content:"b"; sid:2;)`);
    expect(s.run([udp('a', { flow: 3 }), udp('b'), udp('c', { flow: 3 })])).toEqual({
      alerts: ['1@1', '2@2'],
      verdicts: [Packet.VERDICT_REJECT, NONE, NONE],
    });
  });

  test('the sides to reset are noted in the flow of the rejected packet', async () => {
    const sides = async (action: string, toServer: boolean) => {
      const s = await sensorFor(`${action} tcp any any -> any any (content:"bad"; sid:1;)`, ips);
      s.see(inline('bad', { toServer }));
      return s.thread.flows.row[Flow.INTS + Flow.DETECT_FLAGS]! & (Flow.RESET_CLIENT | Flow.RESET_SERVER);
    };
    expect(await sides('reject', true)).toBe(Flow.RESET_CLIENT);
    expect(await sides('reject', false)).toBe(Flow.RESET_SERVER);
    expect(await sides('rejectdst', true)).toBe(Flow.RESET_SERVER);
    expect(await sides('rejectboth', false)).toBe(Flow.RESET_CLIENT | Flow.RESET_SERVER);
    expect(await sides('drop', true)).toBe(0);
  });

  test('a drop beyond packet-alert-max still drops, unless the packet is passed', async () => {
    const rules = `
      pass udp any any -> any any (content:"ok"; sid:4;)
      alert udp any any -> any any (content:"x"; priority:1; sid:1;)
      drop udp any any -> any any (content:"x"; priority:3; sid:3;)`;
    const config = {
      ...ips.config,
      'packet-alert-max': 1,
      'action-order': ['pass', 'alert', 'drop', 'reject'],
    };
    const s = await sensorFor(rules, { config });
    expect(s.run([udp('x', { flow: 3 }), udp('y', { flow: 3 }), udp('x ok')])).toEqual({
      alerts: ['1@1'],
      verdicts: [DROP, NONE, PASS],
    });
  });

  test('alerts beyond packet-alert-max are counted', async () => {
    const s = await sensorFor(
      `alert udp any any -> any any (content:"x"; priority:1; sid:1;)
       alert udp any any -> any any (content:"x"; priority:2; sid:2;)
       alert udp any any -> any any (content:"x"; priority:3; sid:3;)`,
      { config: { 'packet-alert-max': 2 } },
    );
    expect(s.see(udp('x'))).toEqual(['1@1', '2@1']);
    expect(s.thread.counters.read('detect.alert_queue_overflow')).toBe(1);
  });
});

describe('IP-only rules', () => {
  test('are matched by address, with very many rules that share an address or exclude one each', async () => {
    const shared = Array.from(
      { length: 200 },
      (_, i) => `alert ip 10.0.0.0/8 any -> any any (sid:${i + 1};)`,
    );
    const excluding = Array.from(
      { length: 600 },
      (_, i) => `alert ip !192.0.${i >> 8}.${i & 255} any -> 10.0.0.9 any (sid:${i + 1001};)`,
    );
    const config = { 'packet-alert-max': 65535 };
    const s = await sensorFor([...shared, ...excluding].join('\n'), { config });
    const { bySource, byDestination, always } = s.image.ipOnly;
    expect([bySource.signatures.length, byDestination.signatures.length, always.length]).toEqual([
      200, 600, 0,
    ]);
    expect(s.see(udp('x')).length).toBe(200);
    const wide = await sensorFor(excluding.map(rule => rule.replace('10.0.0.9', 'any')).join('\n'), {
      config,
    });
    expect(wide.image.ipOnly.always.length).toBe(600);
    expect(wide.see(udp('y', { source: 0xc0000005 })).length).toBe(599);
  });

  test('are evaluated once per direction of a flow, and for each packet without a flow', async () => {
    const s = await sensorFor(`
      alert ip [10.0.0.1,192.0.2.0/24] any -> any any (sid:1;)
      alert ip any any -> 10.0.0.1 any (sid:2;)
      alert ip any any -> any any (sid:3;)`);
    const there = udp('', { flow: 7 });
    const back = udp('', { flow: 7, toServer: false });
    expect(s.see(there, back, there, back)).toEqual(['1@1', '3@1', '2@2', '3@2']);
    expect(s.see(udp(''), udp(''))).toEqual(['1@5', '3@5', '1@6', '3@6']);
  });

  test('drop the flow', async () => {
    const s = await sensorFor('drop ip 10.0.0.1 any -> any any (sid:1;)', ips);
    const packets = [udp('', { flow: 7 }), udp('', { flow: 7, toServer: false })];
    expect(s.run(packets).verdicts).toEqual([DROP, DROP]);
  });
});

test('with only_frag match reassembled packets, with no_frag all others', async () => {
  const s = await sensorFor(`
    alert udp any any -> any any (flow:only_frag; sid:1;)
    alert udp any any -> any any (flow:no_frag; sid:2;)`);
  const made = udp('a', { flow: 3, flags: Packet.FLAG_REASSEMBLED });
  expect(s.see(made, udp('a', { flow: 4 }))).toEqual(['1@1', '2@2']);
});
