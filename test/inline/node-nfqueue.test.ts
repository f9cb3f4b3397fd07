/** The driver node-nfqueue: packets of the package go through shared memory to a thread, and verdicts back. */
import { describe, expect, it } from 'vitest';
import type { QueueSettings } from '../../engine/native/queue.js';
import * as Queue from '../../engine/native/queue.js';
import { NodeEndpoint } from '../../modules/nfqueue/drivers/node-endpoint.js';
import type { NodeLink } from '../../modules/nfqueue/drivers/node-link.js';
import {
  loadPackage,
  type NodeNfqueue,
  NodeNfqueueDriver,
} from '../../modules/nfqueue/drivers/node-nfqueue.js';
import { missing, Network, SERVER_V4 } from './network.js';
import { fetch, ping, Server, send } from './peers.js';
import { Sensor } from './sensor.js';

const SETTINGS: QueueSettings = {
  copyRange: 128,
  length: 1024,
  receiveBuffer: 1 << 20,
  failOpen: false,
  gso: true,
  conntrack: false,
  timestamps: true,
};

/** A replacement of the package, with packets of the test. */
function standInPackage() {
  const answers: string[] = [];
  let deliver: Parameters<NodeNfqueue['createQueueHandler']>[2] = () => {};
  const nfqueue: NodeNfqueue = {
    createQueueHandler: (_queue, _size, callback) => {
      deliver = callback;
    },
  };
  const packetComes = (id: number, text: string, nfmark = 0): void =>
    deliver({
      info: { id, len: text.length, nfmark, indev: 2, outdev: 3 },
      payload: Buffer.from(text),
      setVerdict: (verdict, mark, payload) =>
        answers.push(`${id}: ${verdict}${mark ? ` mark ${mark}` : ''}${payload ? ` "${payload}"` : ''}`),
    });
  return { nfqueue, packetComes, answers };
}

function opened() {
  const { nfqueue, packetComes, answers } = standInPackage();
  const clock = { clockNow: (time: Uint32Array) => time.set([1000, 7]) };
  const driver = new NodeNfqueueDriver(clock, nfqueue);
  const link = driver.open(0, SETTINGS) as NodeLink;
  return { end: new NodeEndpoint(link, false), packetComes, answers };
}

const verdict = (id: number, answer: number, flags = 0, mark = 0, data = 0, length = 0) =>
  Uint32Array.of(id, answer, flags, mark, data, length);
/** Verdicts are set when the main thread gets to it. */
const soon = () => new Promise(resolve => setImmediate(() => setImmediate(resolve)));

describe('the driver node-nfqueue', () => {
  const bytes = new Uint8Array(1024);
  const packets = new Uint32Array(4 * Queue.QUEUED_INTS);
  const tally = new Uint32Array(Queue.TALLY_INTS);

  it('delivers packets with their metadata', () => {
    const { end, packetComes } = opened();
    packetComes(7, 'first', 0x11);
    packetComes(8, 'the second');
    expect(end.receive(bytes, 8, 1024, 128, packets, tally)).toBe(2);
    const second = packets.subarray(Queue.QUEUED_INTS);
    expect([packets[Queue.QUEUED_ID], packets[Queue.QUEUED_MARK]]).toEqual([7, 0x11]);
    expect([second[Queue.QUEUED_ID], second[Queue.QUEUED_WIRE_LENGTH]]).toEqual([8, 10]);
    expect([second[Queue.QUEUED_SECONDS], second[Queue.QUEUED_NANOSECONDS]]).toEqual([1000, 7]);
    const at = second[Queue.QUEUED_DATA]!;
    expect(Buffer.from(bytes.subarray(at, at + 10)).toString()).toBe('the second');
    expect(at % 8).toBe(0);
    expect(end.receive(bytes, 0, 1024, 128, packets, tally)).toBe(0);
  });

  it('truncates packets to the requested length, and delivers shorter ones whole', () => {
    const { end, packetComes } = opened();
    packetComes(1, 'x'.repeat(1000));
    packetComes(2, 'short');
    expect(end.receive(bytes, 0, 1024, 128, packets, tally)).toBe(2);
    expect([packets[Queue.QUEUED_LENGTH], packets[Queue.QUEUED_WIRE_LENGTH]]).toEqual([128, 1000]);
    expect([packets[Queue.QUEUED_INTS], packets[Queue.QUEUED_INTS + Queue.QUEUED_LENGTH]]).toEqual([2, 5]);
    expect(Buffer.from(bytes.subarray(128, 133)).toString()).toBe('short');
  });

  it('delivers no more than the memory holds', () => {
    const { end, packetComes } = opened();
    for (let id = 1; id <= 6; id++) packetComes(id, `packet ${id}`);
    expect(end.receive(bytes, 0, 1024, 128, packets, tally)).toBe(4);
    expect(end.receive(bytes, 0, 128, 128, packets, tally)).toBe(1);
    expect(end.receive(bytes, 0, 127, 128, packets, tally)).toBe(0);
    expect(packets[Queue.QUEUED_ID]).toBe(5);
  });

  it('sets the verdict of each packet, with mark and changed payload', async () => {
    const { end, packetComes, answers } = opened();
    for (let id = 1; id <= 3; id++) packetComes(id, `packet ${id}`);
    end.receive(bytes, 0, 1024, 128, packets, tally);
    bytes.set(Buffer.from('changed'), 500);
    end.send(bytes, verdict(2, 1, Queue.VERDICT_WITH_PAYLOAD, 0, 500, 7), 1);
    end.send(bytes, verdict(1, 0), 1);
    end.send(bytes, verdict(3, 1, Queue.VERDICT_SET_MARK, 9), 1);
    end.send(bytes, verdict(4, 1), 1);
    await soon();
    expect(answers).toEqual(['2: 1 "changed"', '1: 0', '3: 1 mark 9']);
  });

  it('sets one verdict for all packets up to an id', async () => {
    const { end, packetComes, answers } = opened();
    for (const id of [4294967295, 0, 1]) packetComes(id, 'x');
    end.send(bytes, verdict(0, 1, Queue.VERDICT_UP_TO_HERE), 1);
    await soon();
    expect(answers).toEqual(['4294967295: 1', '0: 1']);
  });

  it('sets the default verdict of packets beyond its capacity', () => {
    const { packetComes, answers } = opened();
    for (let id = 1; id <= 258; id++) packetComes(id, 'x'.repeat(200));
    expect(answers).toEqual(['257: 0', '258: 0']);
  });
});

function packageProblem(): string | undefined {
  try {
    loadPackage(process.cwd());
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const reason = missing();
const notLoaded = packageProblem();

it.skipIf(notLoaded === undefined)('explains how to install the package if it is missing', () => {
  expect(notLoaded).toMatch(/npm install --no-save --save-optional nfqueue .*or use nfq.driver: netlink/);
});

describe.skipIf(reason !== undefined || notLoaded !== undefined)(
  'NFQUEUE through the package nfqueue',
  () => {
    it('passes, drops and replaces like the native driver, and stops cleanly', async () => {
      const network = new Network();
      network.queue('--queue-num', '0');
      const server = new Server(network);
      const sensor = new Sensor(network, {
        rules: `drop http any any -> any any (http.uri; content:"forbidden"; sid:1;)
alert tcp any any -> any 9000 (content:"badword"; replace:"goodone"; sid:2;)`,
        words: ['--set', 'nfq.driver=node-nfqueue'],
      });
      try {
        await server.ready();
        await sensor.ready();
        expect(await fetch(network, SERVER_V4, '/allowed')).toBe('you asked for /allowed\n');
        expect((await fetch(network, SERVER_V4, '/large', 10))?.length).toBe(4_000_000);
        expect(await fetch(network, SERVER_V4, '/forbidden', 1)).toBeUndefined();
        expect(await send(network, SERVER_V4, ['a badword'])).toEqual({ how: 'closed' });
        await server.hears(({ kind, data }) => kind === 'close' && data === 'a goodone', 'replaced content');
        expect(await ping(network, SERVER_V4, 20)).toBe(20);
        await sensor.settled();
        expect(await sensor.stop()).toBe(0);
        const { nfq } = sensor.stats();
        expect(nfq!.packets).toBeGreaterThan(100);
        expect(nfq!.verdicts).toBe(nfq!.packets);
      } finally {
        sensor.remove();
        network.close();
      }
    });
  },
);
