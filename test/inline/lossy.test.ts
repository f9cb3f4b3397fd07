/** Links that lose packets before and behind the sensor: it sees retransmissions, and segments that never arrived. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missing, Network, SERVER_V4, SERVER_V6 } from './network.js';
import { fetch, Server, send } from './peers.js';
import { Sensor } from './sensor.js';

const reason = missing();
if (reason !== undefined) console.warn(`tests of lossy links are skipped: ${reason}`);

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
    // The gate loses packets before it queues them, the ends behind the sensor.
    network.lose('gate', 23);
    network.lose('client', 29);
    network.lose('server', 31);
  });

  afterAll(() => {
    sensor?.remove();
    network?.close();
  });

  it.each([SERVER_V4, SERVER_V6])('pass downloads from %s unchanged', async host => {
    const large = Buffer.alloc(4_000_000, 'all work and no play ').toString();
    expect((await fetch(network, host, '/large', 60)) === large).toBe(true);
  });

  it('let no forbidden content through', async () => {
    const endings = Array.from({ length: 8 }, (_, i) =>
      send(network, SERVER_V4, ['so ', 'topsec', `retword ${i}`]),
    );
    await Promise.all([...endings, fetch(network, SERVER_V4, '/forbidden', 2)]);
    expect(server.received.filter(data => data.includes('topsecretword'))).toEqual([]);
    expect(server.arrivals.map(arrival => arrival.url)).not.toContain('/forbidden');
  });

  it('do not prevent replacement in retransmissions, at any position in a packet', async () => {
    const pieces = ['a badword', ' and a badword', ' and the last badword'];
    await Promise.all(Array.from({ length: 20 }, () => send(network, SERVER_V4, pieces)));
    expect(server.received.some(data => data.includes('goodone and a goodone'))).toBe(true);
    expect(server.received.filter(data => data.includes('badword'))).toEqual([]);
  });

  it('cause no other drops, and every packet gets one verdict', async () => {
    expect(await sensor.stop()).toBe(0);
    const { nfq, ips } = sensor.stats();
    const { rules, flow_drop, ...others } = ips!.drop_reason as unknown as Record<string, number>;
    expect(rules! + flow_drop!).toBeGreaterThan(0);
    expect(Object.entries(others).filter(([, count]) => count > 0)).toEqual([]);
    expect(nfq!.packets).toBeGreaterThan(100);
    expect(ips!.blocked! + ips!.rejected! + ips!.accepted! + ips!.replaced!).toBe(nfq!.packets);
  });
});
