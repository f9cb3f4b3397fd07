/** Rules that exclude packets from flows, in the real program. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runSluice } from '../cli/program.js';
import { ethernet, ipv4, packet, pcapFile, udp } from '../packets/builder.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'untracked-run-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const to = (port: number) => packet(ethernet(), ipv4(), udp({ sport: 1000, dport: port }), 'text');
const RULES = `config udp:pre_flow any any <> any 7 (config: tracking disable, type flow, scope packet; sid:1;)
alert udp any any -> any any (content:"text"; sid:2;)
`;

test.each(['single', 'workers'])(
  'packets without flow tracking are not counted for a flow, with runmode %s',
  async runmode => {
    const path = (name: string) => join(folder, name);
    writeFileSync(path('x.yaml'), '%YAML 1.1\n---\noutputs:\n  - eve-log: { types: [alert, flow] }\n');
    writeFileSync(path('x.rules'), RULES);
    writeFileSync(path('x.pcap'), pcapFile([to(7), to(9), to(7), to(9)]));
    const words = '-c x.yaml -S x.rules -r x.pcap -l . -k none --runmode'.split(' ');
    expect((await runSluice([...words, runmode], { cwd: folder })).code).toBe(0);
    const lines = readFileSync(path('eve.json'), 'utf8').split('\n').slice(0, -1);
    const records = lines.map(line => JSON.parse(line) as Record<string, unknown>);
    const ports = (type: string) =>
      records.filter(each => each.event_type === type).map(each => each.dest_port);
    expect(ports('flow')).toEqual([9]);
    expect(ports('alert')).toEqual([7, 9, 7, 9]);
    expect(records.filter(each => each.dest_port === 7 && 'flow_id' in each)).toEqual([]);
  },
);
