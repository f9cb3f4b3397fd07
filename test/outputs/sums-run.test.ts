/**
 * Records and statistics of the same packets agree, in the real program: each packet of a flow is in exactly one flow
 * record, and counters are the sums of records.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runSluice } from '../cli/program.js';
import {
  arp,
  ethernet,
  fragment,
  gre,
  icmp,
  igmp,
  ipv4,
  ipv6,
  packet,
  pcapFile,
  udp,
  vlan,
} from '../packets/builder.js';
import { down, up } from '../packets/segments.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sums-run-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const there = { source: '10.0.0.1', destination: '10.0.0.2' };
const back = { source: there.destination, destination: there.source };
const question = udp({ sport: 4000, dport: 5000 });
const answer = udp({ sport: 5000, dport: 4000 });
const datagram = packet(question, 'in two pieces, each a fragment');
const six = (offset: number, more: boolean) =>
  packet(
    ethernet(),
    ipv6(),
    fragment({ next: 17, offset, moreFragments: more }),
    datagram.subarray(offset, more ? 16 : undefined),
  );

/** Packets, each with the number of packets it adds to flows. */
const PACKETS: [Uint8Array, number][] = [
  [up(0, 0, 'S'), 1],
  [down(0, 1, 'SA'), 1],
  [up(1, 1, 'A'), 1],
  [up(1, 1, 'PA', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'), 1],
  [down(1, 28, 'PA', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'), 1],
  [up(28, 42, 'FA'), 1],
  [down(42, 29, 'FA'), 1],
  [up(29, 43, 'A'), 1],
  [packet(ethernet(), ipv4(there), question, 'what'), 1],
  [packet(ethernet(), ipv4(back), answer, 'that'), 1],
  [packet(ethernet(), ipv4(back), icmp({ type: 3, code: 3 }), packet(ipv4(there), question, 'what')), 1],
  [packet(ethernet(), vlan(7), ipv4(there), question, 'elsewhere'), 1],
  [packet(ethernet(), ipv4(there), icmp({ type: 8, code: 0 }), 'ping'), 1],
  // The reassembled datagram is a packet of its flow, its fragments are not.
  [six(0, true), 0],
  [six(16, false), 1],
  // Packets in tunnels, and IP that contains IP.
  [packet(ethernet(), ipv4(there), gre(), ipv4(back), question, 'inside'), 1],
  [packet(ethernet(), ipv4(there), ipv4(back), question, 'inside'), 2],
  // Not in flows: IGMP, ARP, and a truncated packet.
  [packet(ethernet(), ipv4(there), igmp()), 0],
  [packet(ethernet(), arp()), 0],
  [packet(ethernet(), ipv4(there), question, 'what').subarray(0, 40), 0],
];

const CONFIG = `%YAML 1.1
---
outputs:
  - eve-log: { types: [flow, netflow: { enabled: yes }, anomaly: { types: { decode: yes } }, stats] }
`;

type Entry = Record<string, any>;

async function run(rules: string, ...words: string[]): Promise<Entry[]> {
  const path = (name: string) => join(folder, name);
  writeFileSync(path('x.yaml'), CONFIG);
  writeFileSync(path('x.rules'), rules);
  writeFileSync(path('x.pcap'), pcapFile(PACKETS.map(([data]) => data)));
  const usual = '-c x.yaml -S x.rules -r x.pcap -l . -k none'.split(' ');
  expect((await runSluice([...usual, ...words], { cwd: folder })).code).toBe(0);
  const lines = readFileSync(path('eve.json'), 'utf8').split('\n').slice(0, -1);
  return lines.map(line => JSON.parse(line) as Entry);
}

const sum = (entries: Entry[], count: (entry: Entry) => number): number =>
  entries.reduce((total, entry) => total + count(entry), 0);

/** Number of occurrences of each value. */
function tally(names: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

const withoutZeros = (counts: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));

describe.each([
  ['inspected', '', []],
  ['inspected by several threads', '', ['--runmode', 'pipeline']],
  ['bypassed', 'alert ip any any -> any any (content:"a"; bypass; sid:1;)', []],
  ['bypassed late', 'alert http any any -> any any (http.stat_code; content:"200"; bypass; sid:1;)', []],
  ['dropped', 'drop ip any any -> any any (content:"a"; sid:1;)', ['--simulate-ips']],
])('packets that are %s', (_, rules, words) => {
  test('are counted once', async () => {
    const entries = await run(rules, ...words);
    const of = (type: string) => entries.filter(entry => entry.event_type === type);
    const flows = of('flow');
    const { stats } = of('stats').at(-1)!;

    const packets = sum(flows, ({ flow }) => flow.pkts_toserver + flow.pkts_toclient);
    expect(packets).toBe(PACKETS.reduce((total, [, count]) => total + count, 0));
    expect(sum(of('netflow'), ({ netflow }) => netflow.pkts)).toBe(packets);
    const bytes = sum(flows, ({ flow }) => flow.bytes_toserver + flow.bytes_toclient);
    expect(sum(of('netflow'), ({ netflow }) => netflow.bytes)).toBe(bytes);

    const states = flows.map(({ flow }) => (flow.state === 'bypassed' ? 'local_bypassed' : flow.state));
    expect(withoutZeros(stats.flow.end.state)).toEqual(tally(states));
    expect(states.includes('local_bypassed')).toBe(rules.includes('bypass'));
    const bypassed = sum(flows, ({ flow: { bypassed: it } }) =>
      it ? it.pkts_toserver + it.pkts_toclient : 0,
    );
    expect(stats.flow_bypassed.local_pkts).toBe(bypassed);

    const events = of('anomaly').map(({ anomaly }) => anomaly.event);
    expect(tally(events)).toEqual({ 'decoder.ipv4.trunc_pkt': 1 });
    expect(stats.decoder.event.ipv4.trunc_pkt).toBe(1);

    const { accepted, blocked, rejected, replaced } = stats.ips;
    expect(accepted + blocked + rejected + replaced).toBe(PACKETS.length);
    expect(stats.decoder.pkts).toBe(PACKETS.length);
    expect(blocked > 0).toBe(rules.startsWith('drop'));
  });
});
