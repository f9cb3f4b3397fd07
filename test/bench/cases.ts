/** The measured cases: chains of stages, rules, threads and profiles. */
import { sharedRules } from './capture.js';
import { HANDLERS, queueProfile, STAGE_NAMES, upTo } from './configuration.js';

export interface Case {
  readonly name: string;
  /** Command line arguments. */
  readonly words: readonly string[];
  readonly threads: number;
  /** Each stage by itself; see `stages.ts`. */
  readonly stages?: boolean;
  /** Only the baseline; see `bare-scan.ts`. */
  readonly bare?: boolean;
  /** Compiled patterns of earlier runs are deleted before each run. */
  readonly cold?: boolean;
  /** Everything that is logged by default is logged, not only alerts. */
  readonly everyRecord?: boolean;
  /** Number of passes over the capture; the first pass is not part of the figures. */
  readonly passes?: number;
}

const NO_RULES = ['--disable-detection'];

/** @param all also every profile, which takes long */
export function cases(generatedRules: string, all: boolean): Case[] {
  const sets: [string, readonly string[]][] = [['content 5000', ['-S', generatedRules]]];
  for (const name of ['small', 'et-open']) {
    const file = sharedRules(`${name}.rules`);
    if (file) sets.push([name, ['-S', file]]);
  }
  const withRules = sets.at(-1)!;
  return [
    ...STAGE_NAMES.map(stage => ({
      name: `up to ${stage}, no rules`,
      words: [...NO_RULES, '--runmode', upTo(stage)],
      threads: 1,
    })),
    { ...run('stages alone, no rules', NO_RULES, 'single', 1), stages: true },
    ...sets.map(([name, words]) => ({
      ...run(`stages alone, ${name}`, words, 'single', 1),
      stages: true,
    })),
    run('single, no rules', NO_RULES, 'single', 1),
    ...sets.map(([name, words]) => run(`single, ${name}`, words, 'single', 1)),
    { ...run('single, every record, no rules', NO_RULES, 'single', 1), everyRecord: true },
    ...sets.map(([name, words]) => ({ name: `bare scan, ${name}`, words, threads: 1, bare: true })),
    { ...run(`single, ${withRules[0]}, cold start`, withRules[1], 'single', 1), cold: true },
    run(`single, ${withRules[0]}, inline`, [...withRules[1], '--simulate-ips'], 'single', 1),
    run(`workers 2, no rules`, NO_RULES, 'workers', 2),
    run(`workers 2, ${withRules[0]}`, withRules[1], 'workers', 2),
    run(`autofp 1, ${withRules[0]}`, withRules[1], 'autofp', 1),
    run(`autofp 2, no rules`, NO_RULES, 'autofp', 2),
    run(`autofp 2, ${withRules[0]}`, withRules[1], 'autofp', 2),
    ...(all
      ? ['workers', 'pipeline', 'oisf2009'].flatMap(profile => [
          run(`${profile}, no rules`, NO_RULES, profile, 1),
          run(`${profile}, ${withRules[0]}`, withRules[1], profile, 1),
          run(`${profile}, ${withRules[0]}, inline`, [...withRules[1], '--simulate-ips'], profile, 1),
        ])
      : []),
    ...(all ? [...warmCases(withRules), ...queueCases()] : []),
  ];
}

/**
 * An engine that has been running, as on a gateway or in an archive: the first seconds of a run are spent on
 * compiling.
 */
function warmCases([name, words]: [string, readonly string[]]): Case[] {
  const passes = 4;
  const warm = (rules: string, words: readonly string[], threads: number): Case => {
    const repeated = [...words, '--set', `pcap-file.passes=${passes}`];
    return { ...run(`warm, workers ${threads}, ${rules}`, repeated, 'workers', threads), passes };
  };
  return [1, 2].flatMap(threads => [warm('no rules', NO_RULES, threads), warm(name, words, threads)]);
}

/** One thread does nothing but pass each packet to two others: each handler, with batches of several sizes. */
function queueCases(): Case[] {
  const through = (handler: string, size: number): Case => {
    const words = [...NO_RULES, '--set', `threading.batch-size=${size}`];
    return run(`queue ${handler}, batches of ${size}`, words, queueProfile(handler), 2);
  };
  return [
    ...HANDLERS.map(handler => through(handler, 256)),
    ...[1, 8, 64].map(size => through('flow-hash', size)),
  ];
}

function run(name: string, words: readonly string[], profile: string, threads: number): Case {
  const count = ['--set', `threading.threads=${threads}`];
  return { name, words: [...words, '--runmode', profile, ...count], threads };
}
