/** Verdicts for passed packets by mode: accept, repeat, or another queue. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { missing, Network, SERVER_V4 } from './network.js';
import { fetch, ping, Server } from './peers.js';
import { Sensor } from './sensor.js';

/** Packets counted by a rule of the chain FORWARD. */
function counted(network: Network, rule: string): number {
  const line = network
    .run('gate', 'iptables-legacy', '-S', 'FORWARD', '-v')
    .split('\n')
    .find(text => text.includes(rule));
  return Number(/-c (\d+)/.exec(line ?? '')?.[1] ?? -1);
}

describe.skipIf(missing() !== undefined)('modes', () => {
  let network: Network;
  const sensors: Sensor[] = [];

  beforeEach(() => {
    network = new Network();
  });

  afterEach(() => {
    for (const sensor of sensors.splice(0)) sensor.remove();
    network.close();
  });

  async function sensorWith(queue: string, ...sets: string[]): Promise<Sensor> {
    const rules = 'pass icmp any any -> any any (itype:8; nfq_set_mark:0x40/0xf0; sid:1;)';
    const words = sets.flatMap(set => ['--set', set]);
    const sensor = new Sensor(network, { rules, queue, words });
    sensors.push(sensor);
    await sensor.ready();
    return sensor;
  }

  const forward = (...words: string[]) => network.run('gate', 'iptables-legacy', '-A', 'FORWARD', ...words);

  it('repeat: netfilter evaluates the packet once more, with the mark', async () => {
    forward('-m', 'mark', '--mark', '0x2/0x3', '-j', 'ACCEPT');
    forward('-j', 'NFQUEUE', '--queue-num', '0');
    const sensor = await sensorWith('0', 'nfq.mode=repeat', 'nfq.repeat-mark=2', 'nfq.repeat-mask=3');
    expect(await ping(network, SERVER_V4, 5)).toBe(5);
    expect(counted(network, '--mark 0x2/0x3')).toBe(10);
    expect(await sensor.stop()).toBe(0);
    expect(sensor.stats().nfq).toMatchObject({ packets: 10, verdicts: 10 });
  });

  it('route: another queue decides', async () => {
    forward('-j', 'NFQUEUE', '--queue-num', '0');
    const first = await sensorWith('0', 'nfq.mode=route', 'nfq.route-queue=7');
    const second = await sensorWith('7');
    const server = new Server(network);
    await server.ready();
    expect(await fetch(network, SERVER_V4, '/allowed')).toBe('you asked for /allowed\n');
    await first.settled(0);
    await second.settled(7);
    expect(await first.stop()).toBe(0);
    expect(await second.stop()).toBe(0);
    const { packets } = first.stats().nfq!;
    expect(packets).toBeGreaterThan(5);
    expect(second.stats().nfq).toMatchObject({ packets, verdicts: packets });
  });

  it('nfq_set_mark: packets matched by a rule get its mark', async () => {
    forward('-j', 'NFQUEUE', '--queue-num', '0');
    network.run('gate', ...'iptables-legacy -t mangle -A POSTROUTING -m mark --mark 0x40/0xf0'.split(' '));
    await sensorWith('0');
    expect(await ping(network, SERVER_V4, 3)).toBe(3);
    const rules = network.run('gate', ...'iptables-legacy -t mangle -S POSTROUTING -v'.split(' '));
    expect(rules).toMatch(/--mark 0x40\/0xf0 -c 3 /);
  });
});
