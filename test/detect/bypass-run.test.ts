/** The keyword `bypass`: nothing of the flow is inspected after the packet that matched. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runSluice } from '../cli/program.js';
import { ethernet, ipv4, packet, pcapFile, udp } from '../packets/builder.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bypass-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const datagram = (sport: number, text: string) =>
  packet(ethernet(), ipv4(), udp({ sport, dport: 9999 }), text);
/** Two flows; the second packet of the first one matches. */
const PACKETS = [
  datagram(1000, 'hello'),
  datagram(1001, 'hello'),
  datagram(1000, 'large'),
  datagram(1000, 'hello'),
  datagram(1001, 'hello'),
  datagram(1000, 'hello'),
];
const RULES =
  'alert udp any any -> any any (content:"large"; bypass; sid:1;)\nalert udp any any -> any any (content:"hello"; sid:2;)\n';

test.each([
  ['single', 256],
  ['single', 1],
  ['autofp', 256],
  ['pipeline', 256],
])(
  'a bypassed flow is not inspected further in profile %s with batches of %i packets',
  async (profile, size) => {
    writeFileSync(
      join(folder, 'x.yaml'),
      `%YAML 1.1\n---\noutputs: [{ eve-log: { types: [alert, flow, stats] } }]\nthreading: { batch-size: ${size} }\n`,
    );
    writeFileSync(join(folder, 'x.rules'), RULES);
    writeFileSync(join(folder, 'x.pcap'), pcapFile(PACKETS));
    const words = ['-c', 'x.yaml', '-r', 'x.pcap', '-l', '.', '-S', 'x.rules', '--runmode', profile];
    const { code } = await runSluice(words, { cwd: folder });
    expect(code).toBe(0);
    const lines = readFileSync(join(folder, 'eve.json'), 'utf8').trim().split('\n');
    const records = lines.map(line => JSON.parse(line));
    const alerts = records.filter(({ event_type }) => event_type === 'alert');
    expect(alerts.map(({ pcap_cnt, alert }) => [pcap_cnt, alert.signature_id]).sort()).toEqual([
      [1, 2],
      [2, 2],
      [3, 1],
      [5, 2],
    ]);
    const stats = records.filter(({ event_type }) => event_type === 'stats').at(-1);
    expect(stats.stats.flow_bypassed.local_pkts).toBe(2);
    const flows = records.filter(({ event_type }) => event_type === 'flow');
    const states = Object.fromEntries(flows.map(({ src_port, flow }) => [src_port, flow]));
    expect(states[1000]).toMatchObject({
      state: 'bypassed',
      bypass: 'local',
      bypassed: { pkts_toserver: 2 },
    });
    expect(states[1001]).toMatchObject({ state: 'new' });
  },
);
