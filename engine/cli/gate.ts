/**
 * The firewall rules that send packets into queues: a chain of our own in the table `mangle`, whose forward hook
 * precedes that of `filter`, so that other firewall rules still see accepted packets. The kernel's rule set is the
 * record of what was installed: everything that refers to the chain is ours, even after a crash.
 */

import {
  bypassSetStatus,
  createBypassSets,
  plannedBypassSets,
  removeBypassSets,
} from './gate/bypass-sets.js';
import { type Runner, run } from './gate/runner.js';
import { UsageError } from './usage-error.js';

/** Programs that install rules, for IPv4 and IPv6; the first of each kind that supports queues is used. */
const PROGRAMS = [
  ['iptables', 'iptables-legacy'],
  ['ip6tables', 'ip6tables-legacy'],
] as const;
const TABLE = ['-t', 'mangle'];
const CHAIN = 'SLUICE';
const SAVING = 'SLUICE_SAVE';

export interface GateOptions {
  /** First and last queue. */
  readonly queues: readonly [number, number];
  readonly hooks: readonly ('FORWARD' | 'INPUT' | 'OUTPUT')[];
  readonly in?: string;
  readonly out?: string;
  /** TCP and UDP ports, either side; all when empty. */
  readonly ports: readonly number[];
  /** Packets are accepted while no program is bound to the queue. */
  readonly bypass: boolean;
  /** Packets with this mark are not queued, nor are their connections. */
  readonly mark?: string;
  /** nftables sets that bypassed flows are added to: their packets get the mark. */
  readonly bypassSets: boolean;
}

/** The words of an iptables command. */
export type Rule = readonly string[];

/** The commands that create the gate. */
export function gateRules(options: GateOptions): Rule[] {
  const { mark, hooks } = options;
  const rules: Rule[] = [
    ['-N', CHAIN],
    // Packets the sensor has seen (mode repeat) or does not want to see (bypass) are not queued again.
    ...(mark === undefined
      ? []
      : [
          ['-A', CHAIN, '-m', 'mark', '--mark', mark, '-j', 'RETURN'],
          ['-A', CHAIN, '-j', 'CONNMARK', '--restore-mark', ...maskOf(mark)],
          ['-A', CHAIN, '-m', 'mark', '--mark', mark, '-j', 'RETURN'],
        ]),
    ['-A', CHAIN, '-j', 'NFQUEUE', ...targetOf(options)],
  ];
  if (mark !== undefined) {
    rules.push(['-N', SAVING]);
    rules.push([
      '-A',
      SAVING,
      '-m',
      'mark',
      '--mark',
      mark,
      '-j',
      'CONNMARK',
      '--save-mark',
      ...maskOf(mark),
    ]);
    rules.push(['-A', 'POSTROUTING', '-j', SAVING]);
  }
  for (const hook of hooks)
    for (const match of matchesOf(options, hook)) rules.push(['-I', hook, '1', ...match, '-j', CHAIN]);
  return rules;
}

function maskOf(mark: string): string[] {
  const mask = mark.split('/')[1] ?? mark;
  return ['--nfmask', mask, '--ctmask', mask];
}

function targetOf({ queues: [first, last], bypass }: GateOptions): string[] {
  const target = first === last ? ['--queue-num', `${first}`] : ['--queue-balance', `${first}:${last}`];
  return bypass ? [...target, '--queue-bypass'] : target;
}

/** Which packets are sent into the chain, for each transport that has ports. */
function matchesOf(options: GateOptions, hook: string): string[][] {
  const { in: input, out, ports } = options;
  const devices = [
    ...(input !== undefined && hook !== 'OUTPUT' ? ['-i', input] : []),
    ...(out !== undefined && hook !== 'INPUT' ? ['-o', out] : []),
  ];
  if (ports.length === 0) return [devices];
  return ['tcp', 'udp'].map(protocol => [
    ...devices,
    ...['-p', protocol, '-m', 'multiport', '--ports', ports.join(',')],
  ]);
}

/** The commands that remove a gate. @param listing output of `iptables -S` for the table */
export function removalRules(listing: string): Rule[] {
  const rules: Rule[] = [];
  const lines = listing.split('\n');
  for (const line of lines) {
    const words = line.trim().split(/\s+/);
    const jump = words.indexOf('-j');
    if (words[0] !== '-A' || words[1] === CHAIN || words[1] === SAVING || jump < 0) continue;
    if (words[jump + 1] === CHAIN || words[jump + 1] === SAVING) rules.push(['-D', ...words.slice(1)]);
  }
  for (const chain of [CHAIN, SAVING])
    if (lines.some(line => line.trim() === `-N ${chain}`)) rules.push(['-F', chain], ['-X', chain]);
  return rules;
}

/**
 * Creates the gate, replacing an existing one; on failure nothing of it is left.
 * @throws UsageError with the system's error message
 */
export function gateUp(options: GateOptions, runner: Runner = run): void {
  gateDown(runner);
  try {
    if (options.bypassSets) createBypassSets(options.mark!, runner);
    for (const programs of PROGRAMS) installRules(programs, gateRules(options), runner);
  } catch (error) {
    gateDown(runner);
    throw new UsageError(`the gate cannot be installed: ${textOf(error)}`);
  }
}

/** The programs of a kind need different kernel features. */
function installRules(programs: readonly string[], rules: readonly Rule[], runner: Runner): void {
  let problem: unknown;
  for (const program of programs) {
    try {
      for (const rule of rules) runner(program, [...TABLE, ...rule]);
      return;
    } catch (error) {
      // A missing program is less informative than one that was refused.
      if (!isMissing(error) || problem === undefined) problem = error;
      for (const [made, text] of listings(runner)) if (made === program) remove(program, text, runner);
    }
  }
  throw problem;
}

/** Removes all parts of a gate. @returns number of rules and chains removed @throws UsageError */
export function gateDown(runner: Runner = run): number {
  const before = listings(runner);
  return before.reduce(
    (sum, [program, text]) => sum + remove(program, text, runner),
    removeBypassSets(runner),
  );
}

function remove(program: string, listed: string, runner: Runner): number {
  const rules = removalRules(listed);
  for (const rule of rules) {
    try {
      runner(program, [...TABLE, ...rule]);
    } catch (error) {
      throw new UsageError(`${program} ${rule.join(' ')}: ${textOf(error)}`);
    }
  }
  return rules.length;
}

/** Rules and packet counts of a gate, by program; empty for programs without a gate. @throws UsageError */
export function gateStatus(runner: Runner = run): string {
  return listings(runner, '-v')
    .filter(([, text]) => text.includes(CHAIN))
    .map(
      ([program, text]) =>
        `${program}:\n${text
          .split('\n')
          .filter(line => line.includes(CHAIN))
          .join('\n')}\n`,
    )
    .join('')
    .concat(bypassSetStatus(runner));
}

/**
 * The programs' listings of the table. A program that is missing, or whose kernel has no such table, has created
 * nothing.
 * @throws UsageError without permission to list: reporting an empty table would be wrong
 */
function listings(runner: Runner, ...more: string[]): [program: string, text: string][] {
  const found: [string, string][] = [];
  let refused: string | undefined;
  for (const program of PROGRAMS.flat()) {
    try {
      found.push([program, runner(program, [...TABLE, ...more, '-S'])]);
    } catch (error) {
      if (FORBIDDEN.test(textOf(error))) refused ??= `${program}: ${textOf(error)}`;
    }
  }
  if (found.length === 0 && refused !== undefined) throw new UsageError(refused);
  return found;
}

const FORBIDDEN = /permission denied|not permitted/i;

/** The commands shown by a dry run. */
export function plannedCommands(options: GateOptions): string {
  const sets = options.bypassSets ? plannedBypassSets(options.mark!) : '';
  return sets.concat(
    ...PROGRAMS.flatMap(([program]) =>
      gateRules(options).map(rule => `${program} ${[...TABLE, ...rule].join(' ')}\n`),
    ),
  );
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

function textOf(error: unknown): string {
  const { stderr, message } = error as Error & { stderr?: string };
  return String(stderr || message)
    .trim()
    .split('\n')[0]!;
}
