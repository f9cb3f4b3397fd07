/** Seconds since the epoch are unsigned 32-bit numbers: they continue after 2038. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runSluice } from '../cli/program.js';
import { ethernet, ipv4, packet, pcapFile, udp } from '../packets/builder.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'late-times-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** During the capture, the seconds reach their highest bit. */
const START = 2 ** 31 - 5;
const RULES = `alert udp any any -> any any (msg:"limited"; threshold:type limit, track by_src, count 1, seconds 60; sid:1;)
alert udp any any -> any any (xbits:isnotset,seen,track ip_src; xbits:set,seen,track ip_src,expire 60; noalert; sid:2;)
alert udp any any -> any any (msg:"seen"; xbits:isset,seen,track ip_src; sid:3;)
`;

interface EveRecord {
  readonly timestamp: string;
  readonly event_type: string;
  readonly alert?: { readonly signature_id: number };
  readonly flow?: { readonly start: string; readonly end: string; readonly age: number };
}

const second = (time: string) => time.slice(0, 19);

test('records, flows, thresholds and bits work when the seconds exceed 31 bits', async () => {
  const yaml = '%YAML 1.1\n---\noutputs: [{ eve-log: { types: [alert, flow] } }]\n';
  writeFileSync(join(folder, 'x.yaml'), yaml);
  writeFileSync(join(folder, 'x.rules'), RULES);
  const data = packet(ethernet(), ipv4(), udp(), 'a');
  writeFileSync(join(folder, 'x.pcap'), pcapFile([0, 10, 20].map(after => ({ data, time: START + after }))));
  const words = ['-c', 'x.yaml', '-r', 'x.pcap', '-l', '.', '-S', 'x.rules', '--runmode', 'single'];
  const { code, stderr } = await runSluice(words, { cwd: folder, env: { TZ: 'UTC' } });
  expect([code, stderr]).toEqual([0, '']);
  const records: EveRecord[] = readFileSync(join(folder, 'eve.json'), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));
  const [before, behind, last] = ['2038-01-19T03:14:03', '2038-01-19T03:14:13', '2038-01-19T03:14:23'];
  const alerts = records.filter(({ alert }) => alert);
  expect(alerts.map(({ timestamp, alert }) => [second(timestamp), alert!.signature_id])).toEqual([
    [before, 3],
    [before, 1],
    [behind, 3],
    [last, 3],
  ]);
  const flow = records.find(({ event_type }) => event_type === 'flow')!.flow!;
  expect([second(flow.start), second(flow.end), flow.age]).toEqual([before, last, 20]);
});
