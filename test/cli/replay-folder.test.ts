/** A folder of captures gives the same records as its captures one by one, whichever thread reads which. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ethernet, ipv4, packet, pcapFile, tcp, udp } from '../packets/builder.js';
import { runSluice } from './program.js';

const CONFIG = `%YAML 1.1
---
stats: { enabled: no }
outputs:
  - eve-log: { enabled: yes, pcap-file: yes, types: [alert, flow] }
`;

const RULES = [
  'alert udp any any -> any 7 (msg:"once a host"; threshold:type limit, track by_src, count 1, seconds 60; sid:1;)',
  'alert udp any any -> any 8 (msg:"whole datagram"; content:"headtail"; sid:2;)',
  'alert tcp any any -> any any (msg:"checksum is right"; content:"body"; sid:3;)',
  'alert udp any any -> any 7 (hostbits:set,seen,src; noalert; sid:4;)',
  'alert udp any any -> any 9 (hostbits:isset,seen,src; sid:5;)',
].join('\n');

const to = (dport: number) => packet(ethernet(), ipv4(), udp({ dport }), 'hello');
const fragment = (offset: number, moreFragments: boolean, data: Uint8Array) =>
  packet(ethernet(), ipv4({ protocol: 17, id: 9, offset, moreFragments }), data);
const text = (value: string) => new TextEncoder().encode(value);
/** A UDP header for 16 bytes of data, to port 8, with no checksum. */
const HEADER = Uint8Array.of(4, 0, 0, 8, 0, 24, 0, 0);
const wrong = (seq: number) => packet(ethernet(), ipv4(), tcp({ seq, checksum: 1 }), 'body');

const CAPTURES: Readonly<Record<string, Uint8Array[]>> = {
  a: [to(7), to(7), to(9)],
  b: [to(9), to(7), to(7)],
  // Fragments that would be a datagram only if captures shared their state.
  c: [fragment(0, true, Uint8Array.from([...HEADER, ...text('....head')]))],
  d: [fragment(16, false, text('tail....'))],
  // So many invalid checksums that checksums are ignored, which must not affect the next capture.
  e: Array.from({ length: 1100 }, (_, i) => wrong(1 + 4 * i)),
  f: [wrong(1), wrong(5)],
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-captures-'));
  mkdirSync(join(folder, 'all'));
  writeFileSync(join(folder, 'x.yaml'), CONFIG);
  writeFileSync(join(folder, 'x.rules'), RULES);
  for (const [name, packets] of Object.entries(CAPTURES))
    writeFileSync(join(folder, 'all', `${name}.pcap`), pcapFile(packets));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Records without random values. */
async function recordsOf(captures: string, ...words: string[]): Promise<string[]> {
  const logs = mkdtempSync(join(folder, 'logs-'));
  const given = ['-c', 'x.yaml', '-s', 'x.rules', '-l', logs, '--quiet'];
  const { code, stderr } = await runSluice(['replay', captures, ...given, ...words], { cwd: folder });
  expect([code, stderr]).toEqual([0, '']);
  const lines = readFileSync(join(logs, 'eve.json'), 'utf8').trim().split('\n').filter(Boolean);
  return lines.map(line => JSON.stringify({ ...JSON.parse(line), flow_id: 0 })).sort();
}

it.each([
  ['-p', 'single'],
  ['-p', 'workers', '--set', 'threading.threads=2'],
])(
  '%s %s: a folder of captures gives the records of its captures one by one',
  async (...words) => {
    const single: string[] = [];
    for (const name of readdirSync(join(folder, 'all'))) single.push(...(await recordsOf(`all/${name}`)));
    const records = await recordsOf('all', ...words);
    expect(records).toEqual(single.sort());
    const sids = records
      .map(line => JSON.parse(line).alert?.signature_id)
      .filter(sid => sid !== undefined && sid !== 3);
    expect(sids).toEqual([1, 1, 5]);
  },
  60_000,
);
