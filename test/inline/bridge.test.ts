/** A bridge with netfilter: client and server are neighbors, the sensor has no address. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missing, Network } from './network.js';
import { fetch, ping, Server, send } from './peers.js';
import { Sensor } from './sensor.js';

const SERVER = '10.9.1.3';
const RULES = `
drop http any any -> any any (http.uri; content:"forbidden"; sid:1;)
drop tcp any any -> any 9000 (content:"topsecretword"; sid:2;)
rejectboth tcp any any -> any 9000 (content:"closethis"; sid:3;)
`;

describe.skipIf(missing() !== undefined)('NFQUEUE on a bridge', () => {
  let network: Network;
  let server: Server;
  let sensor: Sensor;

  beforeAll(async () => {
    network = new Network();
    network.bridge();
    network.queue('--queue-num', '0');
    server = new Server(network);
    sensor = new Sensor(network, { rules: RULES });
    await server.ready();
    await sensor.ready();
  });

  afterAll(() => {
    sensor?.remove();
    network?.close();
  });

  it('passes allowed traffic', async () => {
    expect(await ping(network, SERVER, 5)).toBe(5);
    expect(await fetch(network, SERVER, '/allowed')).toBe('you asked for /allowed\n');
    expect((await fetch(network, SERVER, '/large', 10))?.length).toBe(4_000_000);
  });

  it('drops forbidden traffic', async () => {
    expect(await fetch(network, SERVER, '/forbidden', 1)).toBeUndefined();
    expect((await send(network, SERVER, ['a topsec', 'retword'])).how).toBe('open');
    expect(server.received).toContain('a topsec');
    expect(server.received.filter(data => data.includes('topsecretword'))).toEqual([]);
  });

  it('gives every packet one verdict', async () => {
    await sensor.settled();
    expect(await sensor.stop()).toBe(0);
    const { nfq } = sensor.stats();
    expect(nfq!.packets).toBeGreaterThan(50);
    expect(nfq!.verdicts).toBe(nfq!.packets);
    expect(nfq!.verdict_errors).toBe(0);
  });
});
