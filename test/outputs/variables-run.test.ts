/** Flow variables are in all records of the flow that are logged while they are set, if the eve-log has metadata. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runSluice } from '../cli/program.js';
import { pcapFile } from '../packets/builder.js';
import { down, up } from '../packets/segments.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'variables-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const ASK = 'GET /seen HTTP/1.1\r\nHost: b\r\n\r\n';
const SAY = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfile';
/** It has no response: it is logged at the end of the flow. */
const MORE = 'GET /more HTTP/1.1\r\nHost: b\r\n\r\n';
const BEHIND = 1 + ASK.length;
const PACKETS = [
  up(0, 0, 'S'),
  down(0, 1, 'SA'),
  up(1, 1, 'PA', ASK),
  down(1, BEHIND, 'PA', SAY),
  up(BEHIND, 1 + SAY.length, 'PA', MORE),
  down(1 + SAY.length, BEHIND + MORE.length, 'A'),
];
const RULES = `alert http any any -> any any (http.uri; content:"/seen"; flowbits:set,seen; flowbits:set,traffic/id/shop; noalert; sid:1;)
alert http any any -> any any (http.method; entropy: value > 1; noalert; sid:2;)
`;

interface EveRecord {
  readonly event_type: string;
  readonly http?: { readonly url?: string };
  readonly metadata?: { readonly flowbits?: readonly string[]; readonly entropy?: Record<string, number> };
  readonly traffic?: { readonly id?: readonly string[] };
}

const records = (file: string): EveRecord[] =>
  readFileSync(join(folder, file), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));

test('records of transactions and files have the variables of their flow', async () => {
  const types = 'types: [http, files, flow]';
  const yaml = `%YAML 1.1\n---\noutputs:
  - eve-log: { filename: all.json, ${types} }
  - eve-log: { filename: none.json, metadata: no, ${types} }\n`;
  writeFileSync(join(folder, 'x.yaml'), yaml);
  writeFileSync(join(folder, 'x.rules'), RULES);
  writeFileSync(join(folder, 'x.pcap'), pcapFile(PACKETS));
  const words = ['-c', 'x.yaml', '-r', 'x.pcap', '-l', '.', '-k', 'none', '-S', 'x.rules'];
  expect((await runSluice([...words, '--runmode', 'single'], { cwd: folder })).code).toBe(0);

  const all = records('all.json');
  const kinds = all.map(({ event_type, http }) => `${event_type} ${http?.url ?? ''}`.trim()).sort();
  expect(kinds).toEqual(['fileinfo /seen', 'flow', 'http /more', 'http /seen']);
  for (const { event_type, metadata, traffic } of all) {
    expect(metadata?.flowbits, event_type).toEqual(['seen']);
    expect(traffic?.id, event_type).toEqual(['shop']);
    expect(metadata?.entropy, event_type).toEqual({ http_method: expect.closeTo(1.585, 3) });
  }
  for (const { event_type, metadata, traffic } of records('none.json'))
    expect([metadata, traffic], event_type).toEqual([undefined, undefined]);
});
