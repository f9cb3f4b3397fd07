/**
 * Whether all ways of running agree: runs captures with their rules in all profiles, with several numbers of workers,
 * batches of single packets and both matchers, with the ownership check, and compares alerts, flow records and
 * verdicts.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArguments } from '../../engine/cli/command-line/parse.js';
import { run } from '../../engine/cli/run.js';
import { parseCommand } from '../command-arguments.js';
import { capturesBelow } from './captures.js';

const USAGE = `usage: npm run agreement -- FOLDER [MOST]
  for the captures below a folder, or so many of them`;

/** A profile, its number of workers, and other settings. */
type Configuration = readonly [profile: string, workers: number, ...settings: string[]];

/** The first is the reference. */
export const PROFILES: readonly Configuration[] = [
  ['single', 1],
  ['workers', 1],
  ['workers', 2],
  ['workers', 5],
  ['autofp', 1],
  ['autofp', 2],
  ['autofp', 5],
  ['pipeline', 1],
  ['oisf2009', 1],
];

const CONFIGURATIONS: readonly Configuration[] = [
  ...PROFILES,
  ['single', 1, 'threading.batch-size=1'],
  ['single', 1, 'mpm-algo=qgram'],
];

/** Rules that cannot be parsed are reported by each run: nothing to read in the output of a test. */
const CONFIG = `%YAML 1.1
---
logging: { outputs: [{ console: { enabled: no } }] }
threading: { ownership-check: yes, pool-packets: 2048 }
stream: { reassembly: { memcap: 32mb } }
flow: { memcap: 16mb }
outputs:
  - eve-log: { enabled: yes, types: [alert, flow, { stats: { totals: yes } }] }
`;

/** The output of one run, in an order that does not depend on threads. */
interface RunResult {
  readonly exit: number;
  readonly alerts: string;
  readonly flows: string;
  readonly packets: number;
  readonly verdicts: number;
}

interface EveRecord {
  readonly event_type: string;
  readonly alert?: { signature_id: number; gid: number; action: string };
  readonly flow?: Record<string, unknown>;
  readonly stats?: { decoder: { pkts: number }; ips?: Record<string, number> };
  readonly [member: string]: unknown;
}

/**
 * Reads captures one after the other, with the rules next to them.
 * @returns one line for each configuration whose output differs from that of the first; empty if all agree
 */
export async function disagreements(
  captures: readonly string[],
  configurations = CONFIGURATIONS,
): Promise<string[]> {
  const work = mkdtempSync(join(tmpdir(), 'sluice-agree-'));
  try {
    const rules = captures.flatMap(rulesBeside);
    writeFileSync(join(work, 'sluice.yaml'), `${CONFIG}rule-files: ${JSON.stringify(rules)}\n`);
    const [first, ...others] = configurations;
    const expected = await runConfiguration(captures, work, first!);
    const lines = differences('single', expected, expected);
    for (const configuration of others) {
      lines.push(
        ...differences(
          configuration.join(' '),
          expected,
          await runConfiguration(captures, work, configuration),
        ),
      );
    }
    return lines;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function differences(name: string, expected: RunResult, actual: RunResult): string[] {
  const lines: string[] = [];
  if (actual.packets !== actual.verdicts)
    lines.push(`${name}: ${actual.packets} packets but ${actual.verdicts} verdicts`);
  for (const part of ['exit', 'packets', 'alerts', 'flows'] as const) {
    if (actual[part] !== expected[part])
      lines.push(`${name}: ${part} differ: ${firstDifference(String(expected[part]), String(actual[part]))}`);
  }
  return lines;
}

function firstDifference(expected: string, actual: string): string {
  const [a, b] = [expected.split('\n'), actual.split('\n')];
  const missing = a.find(line => !b.includes(line));
  const extra = b.find(line => !a.includes(line));
  return `expected ${missing ?? '(the same, another number of times)'}, told ${extra ?? '(nothing else)'}`;
}

/** Firewall rules are another language, and not supported in every profile. */
function rulesBeside(capture: string): string[] {
  const folder = dirname(capture);
  const isOurs = (name: string) => name.endsWith('.rules') && !name.startsWith('firewall');
  return readdirSync(folder)
    .filter(isOurs)
    .slice(0, 1)
    .map(name => join(folder, name));
}

async function runConfiguration(
  captures: readonly string[],
  work: string,
  [profile, workers, ...settings]: Configuration,
): Promise<RunResult> {
  const out = mkdtempSync(join(work, 'out-'));
  const words = ['-c', join(work, 'sluice.yaml'), '-l', out, '-k', 'none', '--runmode', profile];
  for (const capture of captures) words.push('-r', capture);
  for (const setting of [`threading.threads=${workers}`, ...settings]) words.push('--set', setting);
  const parsed = parseArguments(words, () => {})!;
  const exit = await run({ ...parsed, quiet: true }, { summary: false });
  return { exit, ...summarize(readFileSync(join(out, 'eve.json'), 'utf8')) };
}

function summarize(eve: string): Omit<RunResult, 'exit'> {
  const records = eve
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as EveRecord);
  const of = (type: string) => records.filter(record => record.event_type === type);
  const stats = of('stats').at(-1)?.stats;
  const ips = stats?.ips ?? {};
  return {
    alerts: of('alert').map(alertLine).sort().join('\n'),
    flows: of('flow').map(flowLine).sort().join('\n'),
    packets: stats?.decoder.pkts ?? -1,
    verdicts: ['accepted', 'blocked', 'rejected', 'replaced'].reduce(
      (sum, name) => sum + (ips[name] ?? 0),
      0,
    ),
  };
}

const fiveTuple = (record: EveRecord): string =>
  `${record.proto} ${record.src_ip} ${record.src_port} ${record.dest_ip} ${record.dest_port}`;

const alertLine = (record: EveRecord): string =>
  JSON.stringify([record.alert, record.pcap_cnt, fiveTuple(record), record.tx_id]);

const flowLine = (record: EveRecord): string =>
  JSON.stringify([fiveTuple(record), record.app_proto, record.flow, record.tcp, record.icmp_type]);

if (process.argv[1]?.endsWith('agreement.js')) {
  const { positionals } = parseCommand(USAGE, {}, words => words === 1 || words === 2);
  const captures = capturesBelow(positionals[0]!);
  const step = Math.max(1, Math.floor(captures.length / Number(positionals[1] ?? captures.length)));
  let passed = 0;
  let failed = 0;
  for (const capture of captures.filter((_, i) => i % step === 0)) {
    const lines = await disagreements([capture]);
    if (lines.length === 0) passed++;
    else {
      failed++;
      console.log(`failed  ${capture}\n  ${lines.join('\n  ')}`);
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
