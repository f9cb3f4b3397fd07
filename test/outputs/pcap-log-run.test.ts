/** The packet log of the real program, with rules that tag. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runSluice } from '../cli/program.js';
import { ethernet, ipv4, packet, pcapFile, udp } from '../packets/builder.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pcap-log-run-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const to = (port: number, text: string) =>
  packet(ethernet(), ipv4(), udp({ sport: 1000, dport: port }), text);
const PACKETS = [
  to(7, 'before'),
  to(7, 'evil'),
  to(9, 'other'),
  to(7, 'first'),
  to(7, 'second'),
  to(7, 'third'),
];
const WORDS = /before|evil|other|first|second|third/g;
const RULES = 'alert udp any any -> any 7 (content:"evil"; tag:session,3,packets; sid:1;)\n';

async function texts(
  conditional: string,
  runmode: string,
  { more = '', rules = RULES, capture = pcapFile(PACKETS) } = {},
): Promise<string[]> {
  const path = (name: string) => join(folder, name);
  const yaml = `%YAML 1.1\n---\noutputs:\n  - pcap-log: { conditional: ${conditional}, dir: ${conditional}${more} }\n`;
  writeFileSync(path('x.yaml'), yaml);
  writeFileSync(path('x.rules'), rules);
  writeFileSync(path('x.pcap'), capture);
  const words = [
    '-c',
    'x.yaml',
    '-S',
    'x.rules',
    '-r',
    'x.pcap',
    '-l',
    '.',
    '-k',
    'none',
    '--runmode',
    runmode,
  ];
  const { code, stderr } = await runSluice(words, { cwd: folder });
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('Error')]);
  const [file] = readdirSync(path(conditional));
  return readFileSync(join(path(conditional), file!), 'latin1').match(WORDS) ?? [];
}

for (const runmode of ['single', 'pipeline', 'oisf2009']) {
  test(`${runmode}: all, those of flows with alerts, and those that are tagged`, async () => {
    expect((await texts('all', runmode)).sort()).toEqual([
      'before',
      'evil',
      'first',
      'other',
      'second',
      'third',
    ]);
    expect(await texts('alerts', runmode)).toEqual(['evil', 'first', 'second', 'third']);
    expect(await texts('tag', runmode)).toEqual(['evil', 'first', 'second']);
  });
}

test.each(['single', 'pipeline'])(
  '%s: flows that a rule passes are logged up to the match',
  async runmode => {
    const reply = packet(
      ethernet(),
      ipv4({ source: '10.0.0.2', destination: '10.0.0.1' }),
      udp({ sport: 7, dport: 1000 }),
      'evil',
    );
    const capture = pcapFile([to(7, 'before'), to(9, 'other'), reply, to(7, 'first'), to(7, 'second')]);
    const rules = 'pass udp 10.0.0.2 7 -> any any (sid:1;)\n';
    const logged = await texts('all', runmode, { more: ', honor-pass-rules: yes', rules, capture });
    expect(logged.sort()).toEqual(['before', 'other']);
  },
);
