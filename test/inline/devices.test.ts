/** AF_PACKET: capture from a device, and inline between two. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../until.js';
import { missing, Network, SERVER_V4, SERVER_V6 } from './network.js';
import { fetch, ping, Server, send } from './peers.js';
import { Sensor } from './sensor.js';

const RULES = `
alert http any any -> any any (msg:"seen"; http.uri; content:"wanted"; sid:1;)
drop tcp any any -> any 9000 (msg:"stream"; content:"topsecretword"; sid:2;)
`;
const BRIDGE = `%YAML 1.1
---
af-packet:
  - { interface: client0, cluster-id: 98, copy-mode: ips, copy-iface: server0 }
  - { interface: server0, cluster-id: 97, copy-mode: ips, copy-iface: client0 }
  - { interface: default, threads: 2, cluster-type: cluster_flow }
outputs:
  - fast: { enabled: yes, filename: fast.log }
  - eve-log: { enabled: yes, types: [stats, drop, alert] }
`;

describe.skipIf(missing() !== undefined)('AF_PACKET', () => {
  let network: Network;
  let server: Server;
  let sensor: Sensor | undefined;

  beforeEach(async () => {
    network = new Network();
    server = new Server(network);
    await server.ready();
  });

  afterEach(() => {
    sensor?.remove();
    network.close();
  });

  it.each(['workers', 'autofp'])('captures from a device (%s)', async profile => {
    const running = new Sensor(network, {
      rules: RULES,
      input: ['-i', 'client0'],
      words: ['--runmode', profile],
    });
    sensor = running;
    await running.ready();
    expect(await fetch(network, SERVER_V4, '/wanted')).toBeDefined();
    expect(await fetch(network, SERVER_V6, '/wanted')).toBeDefined();
    await until(
      () => running.fast().length === 2,
      () => running.output,
    );
    expect(await running.stop()).toBe(0);
    for (const type of ['alert', 'flow'])
      expect(new Set(running.records(type).map(({ in_iface }) => in_iface))).toEqual(new Set(['client0']));
    const { capture, decoder } = running.stats();
    expect(capture!.kernel_drops).toBe(0);
    expect(decoder!.pkts).toBeGreaterThan(10);
  });

  it('inspects only packets that match the filter', async () => {
    sensor = new Sensor(network, { rules: RULES, input: ['-i', 'client0'], words: ['tcp', 'port', '81'] });
    await sensor.ready();
    expect(await fetch(network, SERVER_V4, '/wanted')).toBeDefined();
    expect(await sensor.stop()).toBe(0);
    expect(sensor.fast()).toEqual([]);
    expect(sensor.stats().af_packet!.filtered_bpf).toBeGreaterThan(5);
  });

  it('reports a device that goes down, and continues when it is up again', async () => {
    const running = new Sensor(network, { rules: RULES, input: ['-i', 'client0'] });
    sensor = running;
    await running.ready();
    network.run('gate', 'ip', 'link', 'set', 'client0', 'down');
    await until(
      () => running.output.includes('client0: ENETDOWN'),
      () => running.output,
    );
    network.run('gate', 'ip', 'link', 'set', 'client0', 'up');
    expect(await fetch(network, SERVER_V4, '/wanted')).toBeDefined();
    await until(
      () => running.fast().length === 1,
      () => running.output,
    );
    expect(await running.stop()).toBe(0);
  });

  it('reopens a device that was deleted and created again', async () => {
    const running = new Sensor(network, { rules: RULES, input: ['-i', 'client0'] });
    sensor = running;
    await running.ready();
    expect(await fetch(network, SERVER_V4, '/wanted')).toBeDefined();
    await until(
      () => running.fast().length === 1,
      () => running.output,
    );
    network.renew('client');
    await until(
      () => running.output.includes('device client0 was replaced by another one'),
      () => running.output,
    );
    expect(await fetch(network, SERVER_V4, '/wanted')).toBeDefined();
    await until(
      () => running.fast().length === 2,
      () => running.output,
    );
    expect(await running.stop()).toBe(0);
  });

  it('forwards passed packets between two devices, and no others', async () => {
    network.bridgeAddresses();
    sensor = new Sensor(network, { rules: RULES, input: ['--af-packet'], config: BRIDGE });
    await sensor.ready();
    expect(await ping(network, '10.9.1.3', 5)).toBe(5);
    expect((await fetch(network, '10.9.1.3', '/large', 10))?.length).toBe(4_000_000);
    expect((await send(network, '10.9.1.3', ['a topsec', 'retword'])).how).toBe('open');
    expect(server.received.filter(data => data.includes('topsecretword'))).toEqual([]);
    expect(server.received).toContain('a topsec');
    network.renewBridged('client');
    await until(
      () => sensor!.output.includes('device client0 was replaced by another one'),
      () => sensor!.output,
    );
    expect(await ping(network, '10.9.1.3', 5)).toBe(5);
    expect(await sensor.stop()).toBe(0);
    expect(sensor.stats().af_packet!.not_forwarded_cut).toBe(0);
  });
});
