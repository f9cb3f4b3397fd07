/** Threads that read the same captures together give the records of one thread, none twice. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Control, ENDED } from '../../engine/thread/control.js';
import { Pace } from '../../engine/thread/pace.js';
import { runSluice } from '../cli/program.js';
import { arp, ethernet, gre, icmp, ipv4, packet, pcapFile, udp } from '../packets/builder.js';

const CONFIG = `%YAML 1.1
---
outputs:
  - eve-log:
      enabled: yes
      types: [alert, anomaly, flow, dns, { stats: { totals: yes } }]
`;
const RULES = `
alert ip any any -> any any (msg:"each packet"; sid:1;)
alert udp any any -> any 8 (msg:"whole datagram"; content:"headtail"; sid:2;)
alert pkthdr any any -> any any (msg:"odd"; decode-event:ipv4.opt_pad_required; sid:3;)
`;

const text = (value: string) => new TextEncoder().encode(value);
/** A UDP header for 16 bytes of data, to port 8, with no checksum. */
const HEADER = Uint8Array.of(4, 0, 0, 8, 0, 24, 0, 0);
const address = (i: number) => `10.1.${i >> 8}.${i & 255}`;

/** Packets of one conversation: a datagram, its answer, one in a tunnel, one in fragments, an echo, and ARP. */
function packetsOf(i: number): Uint8Array[] {
  const [source, destination] = [address(i), address(2 * i + 1)];
  const fragment = (offset: number, moreFragments: boolean, data: Uint8Array) =>
    packet(ethernet(), ipv4({ source, destination, protocol: 17, id: 9, offset, moreFragments }), data);
  return [
    packet(ethernet(), ipv4({ source, destination }), udp({ sport: 1000 + i, dport: 7 }), 'hello'),
    packet(
      ethernet(),
      ipv4({ source: destination, destination: source }),
      udp({ sport: 7, dport: 1000 + i }),
      'hello',
    ),
    packet(
      ethernet(),
      ipv4({ source, destination }),
      gre(),
      ipv4({ source: destination, destination: address(i + 77) }),
      udp({ dport: 9 }),
      'inside',
    ),
    fragment(0, true, Uint8Array.from([...HEADER, ...text('....head')])),
    fragment(16, false, text('tail....')),
    packet(ethernet(), ipv4({ source, destination }), icmp(), 'echo'),
    packet(ethernet(), arp()),
  ];
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-together-'));
  writeFileSync(join(folder, 'x.yaml'), CONFIG);
  writeFileSync(join(folder, 'x.rules'), RULES);
  const all = Array.from({ length: 60 }, (_, i) => packetsOf(i)).flat();
  // Conversations continue from the first capture to the second.
  writeFileSync(join(folder, 'a.pcap'), pcapFile(all.slice(0, 201)));
  writeFileSync(join(folder, 'b.pcap'), pcapFile(all.slice(201)));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function recordsOf(...words: string[]) {
  const logs = mkdtempSync(join(folder, 'logs-'));
  const given = ['-c', 'x.yaml', '-S', 'x.rules', '-l', logs, '-r', 'a.pcap', '-r', 'b.pcap'];
  const { code } = await runSluice([...given, ...words], { cwd: folder });
  expect(code).toBe(0);
  const lines = readFileSync(join(logs, 'eve.json'), 'utf8').trim().split('\n');
  const records = lines.map(line => JSON.parse(line));
  const { decoder, defrag, ips, flow } = records.findLast(record => record.event_type === 'stats').stats;
  return {
    records: lines
      .filter(line => !line.includes('"event_type":"stats"'))
      .map(line => line.replace(/"(flow|parent)_id":\d+,?/g, ''))
      .sort(),
    counts: { decoder, fragments: defrag.ipv4, ips, flows: flow.total },
  };
}

describe('threads that read the same captures', () => {
  it.each([2, 5])('give the records of one thread, with %d threads', async count => {
    const one = await recordsOf('--runmode', 'single');
    expect(one.records.length).toBeGreaterThan(400);
    expect(one.counts.decoder.pkts).toBe(420);
    const many = await recordsOf('--runmode', 'workers', '--set', `threading.threads=${count}`);
    expect(many).toEqual(one);
  });

  it('wait for each other only if one is far ahead of others that still run', () => {
    const control = new Control(Control.allocate(2));
    const [first, second] = [new Pace(control, 0, [1], 100), new Pace(control, 1, [0], 100)];
    first.setProgress(100);
    expect([first.isAhead, second.isAhead]).toEqual([false, false]);
    first.setProgress(101);
    expect([first.isAhead, second.isAhead]).toEqual([true, false]);
    second.setProgress(1);
    expect(first.isAhead).toBe(false);
    // Numbers wrap around after 2^32 packets.
    first.setProgress(2 ** 32 + 50);
    second.setProgress(2 ** 32 - 60);
    expect(first.isAhead).toBe(true);
    control.setState(1, ENDED);
    expect(first.isAhead).toBe(false);
  });
});
