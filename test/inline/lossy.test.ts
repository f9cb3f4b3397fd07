/** Links that lose packets before and behind the sensor: it sees segments again, and such that arrived nowhere. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missing, Network, SERVER_V4, SERVER_V6 } from './network.js';
import { fetch, Server, send } from './peers.js';
import { Sensor } from './sensor.js';

const reason = missing();
if (reason !== undefined) console.warn(`tests of lossy links are left out: ${reason}`);

const RULES = `
drop http any any -> any any (msg:"uri"; http.uri; content:"forbidden"; sid:1;)
drop tcp any any -> any 9000 (msg:"stream"; content:"topsecretword"; sid:2;)
alert tcp any any -> any 9000 (msg:"replace"; content:"badword"; replace:"goodone"; sid:3;)
`;

describe.skipIf(reason !== undefined)('lossy links', () => {
  let network: Network;
  let server: Server;
  let sensor: Sensor;

  beforeAll(async () => {
    network = new Network();
    network.queue('--queue-num', '0');
    server = new Server(network);
    sensor = new Sensor(network, { rules: RULES, words: ['--runmode', 'autofp'] });
    await server.ready();
    await sensor.ready();
    // The gate loses before it queues, the ends behind the sensor.
    network.lose('gate', 23);
    network.lose('client', 29);
    network.lose('server', 31);
  });

  afterAll(() => {
    sensor?.remove();
    network?.close();
  });

  it.each([SERVER_V4, SERVER_V6])('lets downloads from %s pass unchanged', async host => {
    const large = Buffer.alloc(4_000_000, 'all work and no play ').toString();
    expect((await fetch(network, host, '/large', 60)) === large).toBe(true);
  });

  it('stops what is forbidden', async () => {
    const endings = Array.from({ length: 8 }, (_, i) =>
      send(network, SERVER_V4, ['so ', 'topsec', `retword ${i}`]),
    );
    await Promise.all([...endings, fetch(network, SERVER_V4, '/forbidden', 2)]);
    expect(server.received.filter(data => data.includes('topsecretword'))).toEqual([]);
    expect(server.arrivals.map(arrival => arrival.url)).not.toContain('/forbidden');
  });

  it('replaces what is sent again, wherever it stands in a packet', async () => {
    const pieces = ['a badword', ' and a badword', ' and the last badword'];
    await Promise.all(Array.from({ length: 20 }, () => send(network, SERVER_V4, pieces)));
    expect(server.received.some(data => data.includes('goodone and a goodone'))).toBe(true);
    expect(server.received.filter(data => data.includes('badword'))).toEqual([]);
  });

  it('drops nothing else, and gives every packet one verdict', async () => {
    expect(await sensor.stop()).toBe(0);
    const { nfq, ips } = sensor.stats();
    const { rules, flow_drop, ...others } = ips!.drop_reason as unknown as Record<string, number>;
    expect(rules! + flow_drop!).toBeGreaterThan(0);
    expect(Object.entries(others).filter(([, count]) => count > 0)).toEqual([]);
    expect(nfq!.packets).toBeGreaterThan(100);
    expect(ips!.blocked! + ips!.rejected! + ips!.accepted! + ips!.replaced!).toBe(nfq!.packets);
  });
});
