import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseArguments } from '../../engine/cli/command-line/parse.js';
import { run } from '../../engine/cli/run.js';
import { ethernet, ipv4, packet, pcapFile, tcp } from '../packets/builder.js';

/** Patterns of many kinds, each with its own rule; each is sent split at every boundary, and byte by byte. */
const PATTERNS = [
  'evil',
  'exfiltrate-me',
  'Q',
  '\x00\x01\xff\xfe',
  'aaaaaaab',
  'GET /x',
  'x\r\n\r\ny',
  'repeatrepeat',
];
const BEFORE = 'some text. ';
const AFTER = ' and more';

interface Flow {
  readonly port: number;
  readonly pattern: number;
  /** Numbers of its data packets in the capture, and their payloads. */
  readonly segments: { readonly number: number; readonly data: string }[];
}

const work = mkdtempSync(join(tmpdir(), 'sluice-cuts-'));
const flows: Flow[] = [];

/** All splits of the bytes in two, inside or at the edges of the pattern, and into single bytes. */
function cutsOf(text: string, start: number, length: number): string[][] {
  const cuts = Array.from({ length: length + 1 }, (_, i) => [
    text.slice(0, start + i),
    text.slice(start + i),
  ]);
  return [...cuts.map(parts => parts.filter(part => part !== '')), [...text]];
}

const bytes = (text: string) => Uint8Array.from(text, letter => letter.charCodeAt(0));

beforeAll(() => {
  const packets: Uint8Array[] = [];
  const send = (fromClient: boolean, port: number, seq: number, ack: number, flags: string, data = '') => {
    const ends = fromClient
      ? { ip: ipv4({ source: '10.0.0.1', destination: '10.0.0.2' }), sport: port, dport: 80 }
      : { ip: ipv4({ source: '10.0.0.2', destination: '10.0.0.1' }), sport: 80, dport: port };
    packets.push(
      packet(
        ethernet(),
        ends.ip,
        tcp({ sport: ends.sport, dport: ends.dport, seq, ack, flags }),
        bytes(data),
      ),
    );
    return packets.length;
  };
  let port = 10_000;
  PATTERNS.forEach((pattern, index) => {
    for (const parts of cutsOf(BEFORE + pattern + AFTER, BEFORE.length, pattern.length)) {
      const flow: Flow = { port: port++, pattern: index, segments: [] };
      flows.push(flow);
      send(true, flow.port, 100, 0, 'S');
      send(false, flow.port, 900, 101, 'SA');
      send(true, flow.port, 101, 901, 'A');
      let seq = 101;
      for (const data of parts) {
        flow.segments.push({ number: send(true, flow.port, seq, 901, 'PA', data), data });
        seq += data.length;
        send(false, flow.port, 901, seq, 'A');
      }
      send(true, flow.port, seq, 901, 'FA');
      send(false, flow.port, 901, seq + 1, 'FA');
      send(true, flow.port, seq + 1, 902, 'A');
    }
  });
  writeFileSync(join(work, 'cuts.pcap'), pcapFile(packets));
  writeFileSync(
    join(work, 'cuts.yaml'),
    '%YAML 1.1\n---\noutputs:\n  - eve-log: { enabled: yes, types: [alert, { drop: { flows: all } }] }\n',
  );
});
afterAll(() => rmSync(work, { recursive: true }));

interface EveRecord {
  readonly event_type: string;
  readonly src_port: number;
  readonly dest_port: number;
  readonly pcap_cnt?: number;
  readonly alert?: { readonly signature_id: number };
}

async function replay(action: string, ...words: string[]): Promise<EveRecord[]> {
  const rules = PATTERNS.map((pattern, i) => {
    const hex = [...bytes(pattern)].map(byte => byte.toString(16).padStart(2, '0')).join(' ');
    return `${action} tcp any any -> any 80 (msg:"pattern ${i}"; content:"|${hex}|"; sid:${i + 1};)`;
  });
  writeFileSync(join(work, 'cuts.rules'), `${rules.join('\n')}\n`);
  const out = mkdtempSync(join(work, 'out-'));
  const given = parseArguments(
    [
      '-c',
      join(work, 'cuts.yaml'),
      '-r',
      join(work, 'cuts.pcap'),
      '-S',
      join(work, 'cuts.rules'),
      '-l',
      out,
      '--runmode',
      'single',
      ...words,
    ],
    () => {},
  )!;
  expect(await run({ ...given, quiet: true }, { summary: false })).toBe(0);
  return readFileSync(join(out, 'eve.json'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as EveRecord);
}

const clientPort = ({ src_port, dest_port }: EveRecord) => (dest_port === 80 ? src_port : dest_port);

/** How often the flow's own pattern alerted. */
function alertsOf(records: readonly EveRecord[], { port, pattern }: Flow): number {
  return records.filter(record => record.alert?.signature_id === pattern + 1 && clientPort(record) === port)
    .length;
}

describe.each([256, 1])('a pattern split at every boundary, with batches of %d', batch => {
  const settings = ['--set', `threading.batch-size=${batch}`];

  it('S1: in IDS mode, each pattern alerts exactly once', async () => {
    const records = await replay('alert', ...settings);
    for (const flow of flows)
      expect(alertsOf(records, flow), `${PATTERNS[flow.pattern]} in ${flow.segments.length} segments`).toBe(
        1,
      );
  });

  it('S5: inline, the receiver never has the whole pattern', async () => {
    const records = await replay('drop', '--simulate-ips', ...settings);
    const dropped = new Set(
      records.filter(record => record.event_type === 'drop').map(record => record.pcap_cnt),
    );
    for (const flow of flows) {
      const arrived = flow.segments.filter(({ number }) => !dropped.has(number)).map(({ data }) => data);
      expect(arrived.join(''), `${flow.segments.length} segments`).not.toContain(PATTERNS[flow.pattern]);
      expect(
        alertsOf(records, flow),
        `${PATTERNS[flow.pattern]} ${JSON.stringify(flow.segments.map(s => s.data))}`,
      ).toBe(1);
    }
  });

  it('S1: without reassembly, a split pattern is not found', async () => {
    const records = await replay('alert', '--set', 'stream.reassembly.depth=1', ...settings);
    const bytewise = flows.filter(flow => flow.segments.length > 2 && PATTERNS[flow.pattern]!.length > 1);
    for (const flow of bytewise) expect(alertsOf(records, flow)).toBe(0);
  });
});
