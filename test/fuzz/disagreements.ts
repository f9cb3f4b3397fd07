/** Configurations in which the engine gives different records of the same captures. */
import { readFileSync } from 'node:fs';
import type { WarmEngine } from '../conformance/warm-engine.js';
import { recordsOfRun, SEPARATE_CAPTURES } from './run-records.js';

/** The first configuration of each list is the reference. */
const SEPARATELY = ['--set', SEPARATE_CAPTURES];
const batchSize = (packets: number) => ['--set', `threading.batch-size=${packets}`];
const threads = (profile: string, count: number) => [
  '--runmode',
  profile,
  '--set',
  `threading.threads=${count}`,
];
export const CONFIGURATION_GROUPS: readonly (readonly (readonly string[])[])[] = [
  [
    ['--runmode', 'single', ...SEPARATELY],
    ['--runmode', 'single', ...SEPARATELY, ...batchSize(1)],
    ['--runmode', 'single', ...SEPARATELY, ...batchSize(7), '--set', 'mpm-algo=qgram'],
  ],
  [
    ['--simulate-ips', '--runmode', 'single', ...SEPARATELY],
    ['--simulate-ips', '--runmode', 'single', ...SEPARATELY, ...batchSize(1)],
    ['--simulate-ips', ...threads('workers', 2), ...SEPARATELY],
  ],
  // If flows are not in the thread that reads the captures, they continue across captures.
  [
    ['--runmode', 'single'],
    threads('workers', 3),
    threads('autofp', 3),
    ['--runmode', 'pipeline', ...batchSize(31)],
  ],
  [
    ['--simulate-ips', '--runmode', 'single', ...batchSize(3)],
    ['--simulate-ips', ...threads('autofp', 3)],
  ],
];

/** What depends on several conversations depends on the order in which workers process them. */
const CROSS_FLOW_KEYWORDS = /\b(threshold|detection_filter|hostbits|xbits|tag)\s*:/;

/** By the name of the capture; `run` is about all of them, `joined` about all read as one. */
export type Findings = Readonly<Record<string, readonly string[]>>;

/**
 * @param folder captures (`*.pcap`), each independent of the others
 * @param rules a file of signatures
 */
export async function disagreements(
  engine: WarmEngine,
  folder: string,
  rules: string,
  groups = CONFIGURATION_GROUPS,
): Promise<Findings> {
  const skipped = new Set(
    readFileSync(rules, 'latin1')
      .split('\n')
      .filter(line => CROSS_FLOW_KEYWORDS.test(line))
      .map(line => /\bsid\s*:\s*(\d+)/.exec(line)?.[1] ?? ''),
  );
  const findings: Record<string, string[]> = {};
  const add = (capture: string, line: string): void => {
    findings[capture] ??= [];
    findings[capture].push(line);
  };
  for (const [first, ...others] of groups) {
    const expected = await recordsOfRun(engine, folder, rules, first!, skipped);
    for (const line of expected.errors) add('run', `${first!.join(' ')}: ${line}`);
    for (const configuration of others) {
      const actual = await recordsOfRun(engine, folder, rules, configuration, skipped);
      for (const line of actual.errors) add('run', `${configuration.join(' ')}: ${line}`);
      for (const capture of new Set([...expected.records.keys(), ...actual.records.keys()]))
        for (const line of difference(expected.records.get(capture), actual.records.get(capture)))
          add(capture, `${configuration.join(' ')}: ${line}`);
    }
  }
  return findings;
}

const NONE: ReadonlyMap<string, number> = new Map();

/** @returns differences between counted lines, with an example; empty if there are none */
export function difference(expected = NONE, actual = NONE): string[] {
  const missing = [...expected].filter(([line, times]) => actual.get(line) !== times);
  const extra = [...actual].filter(([line, times]) => expected.get(line) !== times);
  if (missing.length + extra.length === 0) return [];
  return [`missing ${countsByType(missing)}; extra ${countsByType(extra)}\n${mostSimilar(missing, extra)}`];
}

/** Number of lines of each type. */
function countsByType(lines: [string, number][]): string {
  const types = new Map<string, number>();
  for (const [line] of lines) {
    const type = /"event_type":"([^"]*)/.exec(line)![1]!;
    types.set(type, (types.get(type) ?? 0) + 1);
  }
  return [...types].map(([type, count]) => `${count} ${type}`).join(', ') || 'none';
}

/** The first missing or extra line, and the line of the other run with the longest common prefix. */
function mostSimilar(missing: [string, number][], extra: [string, number][]): string {
  const [first, ...others] = missing.length > 0 ? [missing[0]!, ...extra] : [extra[0]!];
  const shared = (line: string) => {
    let i = 0;
    while (i < line.length && line[i] === first[0][i]) i++;
    return i;
  };
  const similar = others.sort((a, b) => shared(b[0]) - shared(a[0]))[0];
  const from = similar ? Math.max(0, shared(similar[0]) - 40) : 0;
  const lines = [`    ${first[1]} x ${first[0].slice(0, 900)}`];
  if (similar)
    lines.push(
      `    ...${first[0].slice(from, from + 300)}`,
      `    ...${similar[0].slice(from, from + 300)} x ${similar[1]}`,
    );
  return lines.join('\n');
}
