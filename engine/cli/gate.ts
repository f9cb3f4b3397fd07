/**
 * The firewall rules that lead packets into queues: a chain of our own in the table `mangle`, whose forward hook comes
 * before that of `filter`, so that a firewall's own rules still see what passes. The kernel itself is the record of
 * what was made: everything that names the chain is ours, whoever has died since.
 */

import { makeBypassSets, plannedBypassSets, removeBypassSets, shownBypassSets } from './gate/bypass-sets.js';
import { type Runner, run } from './gate/runner.js';
import { UsageError } from './usage-error.js';

/** Programs with which rules are made, for IPv4 and IPv6; the first of a kind that can queue is used. */
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
  /** Ports of TCP and UDP, either side; all when empty. */
  readonly ports: readonly number[];
  /** Packets pass when no program has the queue. */
  readonly bypass: boolean;
  /** Packets with this mark pass, and so do the connections of such packets. */
  readonly mark?: string;
  /** Sets of nftables that bypassed flows are added to: their packets get the mark. */
  readonly bypassSets: boolean;
}

/** A command of iptables: its words. */
export type Rule = readonly string[];

/** The commands that make the gate. */
export function gateRules(options: GateOptions): Rule[] {
  const { mark, hooks } = options;
  const rules: Rule[] = [
    ['-N', CHAIN],
    // What the sensor has seen (mode repeat) or does not want to see (bypass) is not queued once more.
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

/** What packets are led into the chain, for each transport that has ports. */
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

/** The commands that remove a gate. @param listing what `iptables -S` shows of the table */
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
 * Makes the gate anew; when something fails nothing of it is left.
 * @throws UsageError with what the system refused
 */
export function gateUp(options: GateOptions, runner: Runner = run): void {
  gateDown(runner);
  try {
    if (options.bypassSets) makeBypassSets(options.mark!, runner);
    for (const programs of PROGRAMS) makeWithOneOf(programs, gateRules(options), runner);
  } catch (error) {
    gateDown(runner);
    throw new UsageError(`the gate cannot be installed: ${textOf(error)}`);
  }
}

/** The programs of one kind differ in what the kernel must have. */
function makeWithOneOf(programs: readonly string[], rules: readonly Rule[], runner: Runner): void {
  let problem: unknown;
  for (const program of programs) {
    try {
      for (const rule of rules) runner(program, [...TABLE, ...rule]);
      return;
    } catch (error) {
      // A program that is not there says less than one that was refused.
      if (!isMissing(error) || problem === undefined) problem = error;
      for (const [made, text] of listings(runner)) if (made === program) remove(program, text, runner);
    }
  }
  throw problem;
}

/** Removes whatever there is of a gate. @returns number of rules and chains removed @throws UsageError */
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

/** Rules and packet counts of a gate, by program; nothing for one without a gate. @throws UsageError */
export function gateShown(runner: Runner = run): string {
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
    .concat(shownBypassSets(runner));
}

/**
 * What the programs show of the table. One that is not there, or whose kernel has no such table, has made nothing.
 * @throws UsageError when nobody may look: that nothing is there would be untrue
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

/** The programs whose commands a dry run shows. */
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
