/** `sluice replay`: reads captures, shows progress, and prints a summary at the end. */

import { Command } from 'commander';
import { parseArguments } from '../command-line/parse.js';
import { parseWords } from '../command-line/parse-words.js';
import { run } from '../run.js';
import { UsageError } from '../usage-error.js';
import { collected } from './values.js';

const EXAMPLES = `
Examples:
  sluice replay capture.pcap --rules my.rules
  sluice replay captures/ --recursive --profile workers --logs out
  sluice replay capture.pcap --rules detection.ts --loop --watch
  sluice replay a.pcap b.pcap --filter 'tcp port 80' --set stream.midstream=yes
`;

interface Options {
  rules?: string[];
  config?: string;
  logs: string;
  profile?: string;
  set?: string[];
  filter?: string;
  recursive?: boolean;
  joined?: boolean;
  follow?: boolean;
  loop?: string | true;
  watch?: boolean;
  inline?: boolean;
  checksums?: string;
  verbosity: number;
  quiet?: boolean;
}

/** @returns the exit code */
export async function command(words: readonly string[]): Promise<number> {
  const parsed = parse(words);
  if (!parsed) return 0;
  const { captures, options } = parsed;
  const commandLine = parseArguments(suricataWords(captures, options), () => {});
  return commandLine ? run(commandLine, { summary: true, watch: options.watch ?? false }) : 0;
}

function parse(words: readonly string[]): { captures: string[]; options: Options } | undefined {
  const command = new Command('sluice replay')
    .argument('<captures...>', 'captures, folders of captures, or - for standard input')
    .option('-s, --rules <file>', 'rule file; may be repeated', collected)
    .option('-c, --config <file>', 'configuration file')
    .option('-l, --logs <folder>', 'folder for log files', 'logs')
    .option('-p, --profile <name>', 'thread profile: see sluice profiles list')
    .option('--set <path=value>', 'change one setting', collected)
    .option('--filter <expression>', 'packet filter: host 10.0.0.1 and tcp port 80')
    .option('--recursive', 'include subfolders')
    .option('--follow', 'wait for more packets, like tail -f')
    .option('--joined', 'treat captures as parts of one: flows continue from one to the next')
    .option('--loop [times]', 'read the captures repeatedly, with continuing packet time')
    .option('--watch', 'reload rules and detections when one of their files changes')
    .option('--inline', 'process packets as if inline, with a verdict for each')
    .option('--checksums <mode>', 'all, or none to accept packets with invalid checksums')
    .option('-v, --verbose', 'log more; repeat for even more')
    .option('--quiet', 'log errors only')
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  let verbosity = 0;
  command.on('option:verbose', () => verbosity++);
  if (!parseWords(command, words)) return undefined;
  return { captures: command.args, options: { ...command.opts<Options>(), verbosity } };
}

/** @throws UsageError */
function timesOf(loop: string | true): number {
  if (loop === true) return 0;
  if (!/^[1-9]\d{0,8}$/.test(loop)) throw new UsageError(`--loop ${loop}: expected a number of passes`);
  return Number(loop);
}

/** The equivalent command line in Suricata's options. */
function suricataWords(captures: readonly string[], options: Options): string[] {
  const words = captures.flatMap(path => ['-r', path]);
  words.push('-l', options.logs);
  for (const file of options.rules ?? []) words.push('-S', file);
  if (options.config !== undefined) words.push('-c', options.config);
  if (options.profile !== undefined) words.push('--runmode', options.profile);
  for (const set of options.set ?? []) words.push('--set', set);
  if (options.recursive) words.push('--pcap-file-recursive');
  // Captures that are joined, or followed while they grow, are not separate ones.
  if (!options.joined && !options.follow) words.push('--set', 'pcap-file.separate=yes');
  if (options.follow) words.push('--pcap-file-continuous');
  if (options.loop !== undefined) words.push('--set', `pcap-file.passes=${timesOf(options.loop)}`);
  if (options.inline) words.push('--simulate-ips');
  if (options.checksums !== undefined) words.push('-k', options.checksums);
  if (options.quiet) words.push('--quiet');
  for (let i = 0; i < options.verbosity; i++) words.push('-v');
  if (options.filter !== undefined) words.push('--', options.filter);
  return words;
}
