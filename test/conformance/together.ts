/**
 * Whether captures that are read in one run, with the alert rules of all of them, give the same records in every
 * configuration: batches of one or many packets, one or several threads, either matcher. State that leaks from one
 * batch, conversation or capture into another is found here. Most rules meet captures that they were not written for.
 */
import { createReadStream, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArguments } from '../../engine/cli/command-line/parse.js';
import { run } from '../../engine/cli/run.js';
import { parseCommand } from '../command-arguments.js';

const USAGE = `usage: npm run together -- FOLDER
  for all captures and rules below a folder`;

const VARIANTS: Readonly<Record<string, readonly string[]>> = {
  'one packet at once': ['--set', 'threading.batch-size=1'],
  'three threads': ['--runmode', 'workers', '--set', 'threading.threads=3'],
  'the other matcher': ['--set', 'mpm-algo=qgram'],
};

const TYPES =
  'alert: { metadata: yes }, anomaly, http: { extended: yes }, dns, tls: { extended: yes }, files: { force-hash: [md5] }, ' +
  'smtp: { extended: yes }, ftp, rdp, nfs, smb, tftp, ike, dcerpc, krb5, bittorrent-dht, snmp, rfb, sip, quic, ' +
  'dhcp: { extended: yes }, ssh, mqtt, http2, pgsql, websocket, ldap, pop3, modbus, dnp3, arp, mdns, doh2, enip, frame, flow';

const CONFIG = `%YAML 1.1
---
outputs:
  - eve-log: { enabled: yes, pcap-file: yes, types: [${TYPES}] }
`;

/** Rules of other languages, or that need files or runs of their own; firewall rules are another language, too. */
const UNSUPPORTED =
  /\b(lua|luaxform|filestore|filemagic|dataset|datarep|iprep|geoip|file(md5|sha1|sha256)|config)\s*:/;

/** @returns the alert rules of all files in a folder, each once and with a number of its own */
export function rulesBelow(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    name => name.endsWith('.rules') && !name.includes('firewall'),
  );
  return alertRules(names.map(name => readFileSync(join(folder, name), 'latin1')));
}

/** @returns the alert rules of texts, each once and with a number of its own */
export function alertRules(texts: readonly string[]): string[] {
  const rules = new Set<string>();
  for (const text of texts) {
    for (const line of text.replace(/\\\r?\n/g, ' ').split('\n')) {
      const rule = line.trim().replace(/\b[sg]id\s*:\s*\d+\s*;/g, '');
      if (/^alert .*\)$/.test(rule) && !UNSUPPORTED.test(rule)) rules.add(rule.slice(0, -1));
    }
  }
  return [...rules].map((rule, i) => `${rule}${/[;(]\s*$/.test(rule) ? '' : ';'} sid:${i + 1};)`);
}

/** @returns a line for each configuration that gave other records; empty if all agree */
export async function disagreements(folder: string): Promise<string[]> {
  const work = mkdtempSync(join(tmpdir(), 'sluice-together-'));
  try {
    writeFileSync(join(work, 'sluice.yaml'), CONFIG);
    writeFileSync(join(work, 'all.rules'), rulesBelow(folder).join('\n'), 'latin1');
    const expected = await runRecords(folder, work, ['--runmode', 'single']);
    const lines: string[] = expected.size === 0 ? ['no records at all'] : [];
    for (const [name, words] of Object.entries(VARIANTS)) {
      const others = name === 'three threads' ? words : ['--runmode', 'single', ...words];
      lines.push(...difference(name, expected, await runRecords(folder, work, others)));
    }
    return lines;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function difference(name: string, expected: Map<string, number>, actual: Map<string, number>): string[] {
  const missing = [...expected].filter(([line, times]) => actual.get(line) !== times);
  const extra = [...actual].filter(([line, times]) => expected.get(line) !== times);
  if (missing.length + extra.length === 0) return [];
  const example = (list: [string, number][]) => list[0]?.[0] ?? '(none)';
  return [
    `${name}: ${missing.length} missing: ${example(missing)}`,
    `  ${extra.length} extra: ${example(extra)}`,
  ];
}

async function runRecords(
  folder: string,
  work: string,
  words: readonly string[],
): Promise<Map<string, number>> {
  const out = mkdtempSync(join(work, 'out-'));
  const parsed = parseArguments(
    [
      ...['-c', join(work, 'sluice.yaml'), '-r', folder, '--pcap-file-recursive'],
      ...[
        '-S',
        join(work, 'all.rules'),
        '-l',
        out,
        '-k',
        'none',
        '--set',
        'pcap-file.separate=yes',
        ...words,
      ],
    ],
    () => {},
  )!;
  // Truncated captures, of which there are some, cause an exit code other than 0.
  await run({ ...parsed, quiet: true }, { summary: false });
  const counts = new Map<string, number>();
  for await (const line of createInterface({ input: createReadStream(join(out, 'eve.json')) })) {
    const key = comparable(line);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  rmSync(out, { recursive: true });
  return counts;
}

/** Without numbers that differ from run to run. */
function comparable(line: string): string {
  return line.replace(/"(flow|parent)_id":\d+,?/g, '');
}

if (process.argv[1]?.endsWith('together.js')) {
  const { positionals } = parseCommand(USAGE, {}, words => words === 1);
  const lines = await disagreements(positionals[0]!);
  console.log(lines.length === 0 ? 'all agree' : lines.join('\n'));
  process.exitCode = lines.length === 0 ? 0 : 1;
}
