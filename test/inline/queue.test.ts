/** Real programs on both sides of the sensor: what passes, what is dropped, and what both ends see of it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missing, Network, SERVER_V4, SERVER_V6 } from './network.js';
import { fetch, ping, Server, send, sendDatagram, sendInTwo } from './peers.js';
import { Sensor } from './sensor.js';

const reason = missing();
if (reason !== undefined) console.warn(`tests of the inline sensor are skipped: ${reason}`);

const RULES = `
drop http any any -> any any (msg:"uri"; http.uri; content:"forbidden"; sid:1;)
drop tcp any any -> any 9000 (msg:"stream"; content:"topsecretword"; sid:2;)
rejectboth tcp any any -> any 9000 (msg:"reject"; content:"closethis"; sid:3;)
drop udp any any -> any 9001 (msg:"datagram"; content:"evildatagram"; sid:4;)
alert tcp any any -> any 9000 (msg:"replace"; content:"badword"; replace:"goodone"; sid:5;)
`;

const PROFILES = [
  { name: 'workers, one queue', queue: '0', target: ['--queue-num', '0'], words: ['--runmode', 'workers'] },
  {
    name: 'workers, two queues',
    queue: '0:1',
    target: ['--queue-balance', '0:1'],
    words: ['--runmode', 'workers'],
  },
  { name: 'autofp', queue: '0', target: ['--queue-num', '0'], words: ['--runmode', 'autofp'] },
  { name: 'pipeline', queue: '0', target: ['--queue-num', '0'], words: ['--runmode', 'pipeline'] },
];

describe.skipIf(reason !== undefined).each(PROFILES)('NFQUEUE, $name', ({ queue, target, words }) => {
  let network: Network;
  let server: Server;
  let sensor: Sensor;

  beforeAll(async () => {
    network = new Network();
    network.queue(...target);
    server = new Server(network);
    sensor = new Sensor(network, { rules: RULES, queue, words });
    await server.ready();
    await sensor.ready();
  });

  afterAll(() => {
    sensor?.remove();
    network?.close();
  });

  it.each([SERVER_V4, SERVER_V6])('passes allowed requests to %s unchanged', async host => {
    expect(await fetch(network, host, '/allowed')).toBe('you asked for /allowed\n');
    const large = await fetch(network, host, '/large', 10);
    expect(large?.length).toBe(4_000_000);
    expect(large === Buffer.alloc(4_000_000, 'all work and no play ').toString()).toBe(true);
  });

  it.each([SERVER_V4, SERVER_V6])('drops a forbidden request to %s before the server sees it', async host => {
    expect(await fetch(network, host, '/forbidden', 1)).toBeUndefined();
    expect(server.arrivals.map(arrival => arrival.url)).not.toContain('/forbidden');
  });

  it('never delivers forbidden content completely, however it is segmented', async () => {
    const word = 'topsecretword';
    const cuts = Array.from({ length: word.length - 1 }, (_, i) => [
      `cut ${i} ${word.slice(0, i + 1)}`,
      `${word.slice(i + 1)} end`,
    ]);
    const ways = [...cuts, [...`single ${word} end`], ['before', 'middle', word]];
    for (let i = 0; i < ways.length; i += 5)
      await Promise.all(ways.slice(i, i + 5).map(pieces => send(network, SERVER_V4, pieces)));
    expect(server.received.filter(data => data.includes(word))).toEqual([]);
    expect(server.received.some(data => data.startsWith('cut 3 '))).toBe(true);
  });

  it('closes both ends of a rejected connection', async () => {
    const ending = await send(network, SERVER_V4, ['please ', 'closethis now']);
    expect(ending).toEqual({ how: 'error', error: 'ECONNRESET' });
    // Data missing before the client's FIN never arrives, so only a reset can close the server's end.
    await server.hears(({ kind, data }) => kind === 'close' && data === 'please ', 'a reset');
    expect(await send(network, SERVER_V6, ['sixth ', 'closethis'])).toEqual({
      how: 'error',
      error: 'ECONNRESET',
    });
  });

  it('closes both ends while data is in flight', async () => {
    const rejected = sendInTwo(network, SERVER_V4, 'pour ', 'closethis now');
    await server.hears(({ kind, data }) => kind === 'data' && data === 'pour ', 'the first piece');
    rejected.goOn();
    // Whether a program sees an error depends on what it does when the reset arrives.
    expect(['error', 'closed']).toContain((await rejected.ending).how);
    await server.hears(({ kind, data }) => kind === 'close' && data === 'pour ', 'a reset');
  });

  it('delivers replaced content', async () => {
    expect(await send(network, SERVER_V4, ['this is a badword here, there is another badword'])).toEqual({
      how: 'closed',
    });
    await server.hears(
      ({ kind, data }) => kind === 'close' && data === 'this is a goodone here, there is another goodone',
      'replaced content',
    );
  });

  it.each([SERVER_V4, SERVER_V6])('inspects fragmented datagrams to %s', async host => {
    await sendDatagram(network, host, 5000, 'evildatagram');
    await sendDatagram(network, host, 5001, 'good datagram');
    const good = (length?: number) => length === 5001;
    await server.hears(({ kind, length }) => kind === 'datagram' && good(length), 'the good datagram');
    expect(server.arrivals.filter(({ length }) => length === 5000)).toEqual([]);
  });

  it('gives every packet one verdict', async () => {
    expect(await ping(network, SERVER_V4, 20)).toBe(20);
    expect(sensor.waiting()).toBe(0);
    expect(await sensor.stop()).toBe(0);
    const { nfq, ips } = sensor.stats() as { nfq: Record<string, number>; ips: Record<string, number> };
    expect(nfq!.packets).toBeGreaterThan(100);
    expect(nfq!.verdicts).toBe(nfq!.packets);
    expect([nfq!.verdict_errors, nfq!.verdicts_refused, nfq!.overruns]).toEqual([0, 0, 0]);
    expect(ips!.blocked! + ips!.rejected! + ips!.accepted! + ips!.replaced!).toBe(nfq!.packets);
    expect(sensor.output).toMatch(/verdicts of queue 0: p50 \d+ µs, p99 \d+ µs/);
  });
});
