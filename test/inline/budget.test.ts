/** Packets that waited too long for a verdict, and histograms of waiting times. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Latency } from '../../modules/nfqueue/latency.js';
import { Outstanding } from '../../modules/nfqueue/outstanding.js';
import { missing, Network, SERVER_V4 } from './network.js';
import { ping } from './peers.js';
import { Sensor } from './sensor.js';

describe('latency', () => {
  it('gives quantiles to an eighth', () => {
    const latency = new Latency(Latency.allocate());
    for (let time = 1; time <= 10_000; time++) latency.add(time);
    expect(latency.count).toBe(10_000);
    for (const share of [0.01, 0.5, 0.99, 0.999]) {
      const reported = latency.quantile(share);
      expect(reported).toBeGreaterThanOrEqual(share * 10_000);
      expect(reported).toBeLessThanOrEqual(share * 10_000 * 1.125 + 1);
    }
    expect(latency.maximum).toBe(10_000);
  });

  it('takes any time, also one before the packet arrived', () => {
    const latency = new Latency(Latency.allocate());
    for (const time of [-5, 0, 7.9, 2 ** 40]) latency.add(time);
    expect(latency.count).toBe(4);
    expect(latency.quantile(0.25)).toBe(0);
    expect(new Latency(Latency.allocate()).quantile(0.5)).toBe(0);
  });
});

describe('outstanding packets', () => {
  it('report whether an answered packet was the oldest', () => {
    const outstanding = new Outstanding();
    for (const id of [5, 6, 8, 9]) outstanding.received(id);
    expect([5, 8, 6, 9].map(id => outstanding.answer(id))).toEqual([true, false, true, true]);
    expect(outstanding.size).toBe(0);
  });

  it('continue when ids wrap around, and grow', () => {
    const outstanding = new Outstanding();
    const ids = Array.from({ length: 5000 }, (_, i) => (0xffff_f000 + i) >>> 0);
    for (const id of ids) outstanding.received(id);
    expect(outstanding.answer(ids[4500]!)).toBe(false);
    expect(ids.filter((_, i) => i !== 4500).every(id => outstanding.answer(id))).toBe(true);
    expect(outstanding.size).toBe(0);
  });

  it('accept an answer to an unknown id', () => {
    const outstanding = new Outstanding();
    outstanding.received(3);
    expect(outstanding.answer(4)).toBe(false);
    expect(outstanding.size).toBe(1);
  });
});

describe.skipIf(missing() !== undefined)('verdict budget', () => {
  let network: Network;
  let sensor: Sensor | undefined;

  beforeEach(() => {
    network = new Network();
    network.queue('--queue-num', '0');
  });

  afterEach(() => {
    sensor?.remove();
    network.close();
  });

  it.each([
    { policy: 'drop', answers: 0 },
    { policy: 'pass', answers: 5 },
  ])('$policy is applied to packets that waited too long', async ({ policy, answers }) => {
    const words = ['--set', 'nfq.verdict-budget=1us', '--set', `nfq.verdict-budget-policy=${policy}`];
    sensor = new Sensor(network, { words });
    await sensor.ready();
    expect(await ping(network, SERVER_V4, 5)).toBe(answers);
    expect(await sensor.stop()).toBe(0);
    const { nfq, ips } = sensor.stats() as unknown as {
      nfq: Record<string, number>;
      ips: { drop_reason: Record<string, number> };
    };
    expect(nfq.late_packets).toBeGreaterThanOrEqual(5);
    expect(ips.drop_reason.verdict_budget).toBe(policy === 'drop' ? nfq.late_packets : 0);
    expect(nfq.verdicts).toBe(nfq.packets);
  });
});
