/** ARP records of the real program, in profiles with one and with several threads. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runSluice } from '../cli/program.js';
import { arp, ethernet, ipv4, packet, pcapFile, udp } from '../packets/builder.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'arp-run-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const CAPTURE = pcapFile([
  packet(ethernet(), arp()),
  packet(ethernet(), ipv4(), udp()),
  packet(ethernet(), arp({ operation: 2 })),
]);

async function records(types: string, runmode: string): Promise<Record<string, unknown>[]> {
  const path = (name: string) => join(folder, name);
  const yaml = `%YAML 1.1\n---\noutputs:\n  - eve-log: { types: ${types} }\n`;
  writeFileSync(path('x.yaml'), yaml);
  writeFileSync(path('x.pcap'), CAPTURE);
  const words = '-c x.yaml --disable-detection -r x.pcap -l . --runmode'.split(' ');
  expect((await runSluice([...words, runmode], { cwd: folder })).code).toBe(0);
  const lines = readFileSync(path('eve.json'), 'utf8').split('\n').slice(0, -1);
  return lines.map(line => JSON.parse(line) as Record<string, unknown>);
}

test.each(['single', 'pipeline'])('ARP packets are logged with profile %s', async runmode => {
  const [request, reply, ...more] = await records('[arp, http]', runmode);
  expect(more).toEqual([]);
  expect(request).toEqual({
    timestamp: expect.any(String),
    pcap_cnt: 1,
    event_type: 'arp',
    pkt_src: 'wire/pcap',
    arp: {
      ...{ hw_type: 'ethernet', proto_type: 'ipv4', opcode: 'request' },
      ...{ src_mac: '02:00:00:00:00:01', src_ip: '10.0.0.1' },
      ...{ dest_mac: '00:00:00:00:00:00', dest_ip: '10.0.0.2' },
    },
  });
  expect(reply).toMatchObject({ pcap_cnt: 3, arp: { opcode: 'reply' } });
});

test('ARP packets are not logged by default', async () => {
  expect(await records('[http, arp: { enabled: no }]', 'single')).toEqual([]);
});
