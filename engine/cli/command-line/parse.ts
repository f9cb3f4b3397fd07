/** Reads the command line into a plain record. */

import { Command, Option } from 'commander';
import { UsageError } from '../usage-error.js';
import { versionLine } from '../version.js';
import { CHAPTERS, refusal, settingsOf } from './arguments.js';
import { parseWords } from './parse-words.js';

/** The parsed command line, in Suricata's style. */
export interface CommandLine {
  readonly config?: string;
  readonly includes: readonly string[];
  /** Settings as `path=value`: those of `--set`, then those implied by options. */
  readonly sets: readonly string[];
  readonly captures: readonly string[];
  readonly queues: readonly string[];
  readonly devices: readonly string[];
  readonly afPacket: boolean;
  readonly filter: string;
  readonly filterFile?: string;
  /** Captures are submitted through this socket; empty: the default path. */
  readonly unixSocket?: string;
  readonly rules: {
    readonly exclusive: readonly string[];
    readonly additional: readonly string[];
    /** File of firewall rules. */
    readonly firewall?: string;
  };
  readonly strict: readonly string[];
  readonly verbosity: number;
  readonly quiet: boolean;
  readonly background: boolean;
  readonly detection: boolean;
  readonly test: boolean;
  readonly engineAnalysis: boolean;
  /** One of the options that print something instead of starting a run. */
  readonly show?: { readonly what: string; readonly argument: string };
}

const SHOW_OPTIONS = [
  'dumpConfig',
  'dumpFeatures',
  'buildInfo',
  'listKeywords',
  'listRunmodes',
  'listAppLayerProtos',
  'listAppLayerFrames',
  'listAppLayerHooks',
  'listRuleProtos',
];

/**
 * @returns what was given, or undefined when help or the version was shown
 * @throws UsageError with what is wrong, and the option that may be meant
 */
export function parseArguments(
  words: readonly string[],
  print: (text: string) => void,
): CommandLine | undefined {
  const command = program(print);
  if (!parseWords(command, words)) return undefined;
  return commandLineOf(command.opts(), command.args);
}

/** The program with its options, for parsing and for the help. */
export function program(print: (text: string) => void): Command {
  const command = new Command('sluice')
    .usage('[options] [packet filter]\n       sluice COMMAND …')
    .argument('[filter...]', 'packet filter: host 10.0.0.1 and tcp port 80')
    .version(versionLine(), '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .exitOverride()
    .allowExcessArguments()
    .configureOutput({ writeOut: print, writeErr: () => {} });
  for (const [chapter, options] of Object.entries(CHAPTERS)) {
    if (chapter !== '') command.optionsGroup(`${chapter}:`);
    for (const { flags, help, repeatable, hidden } of options) {
      const option = new Option(flags, help);
      if (hidden) option.hideHelp();
      // Otherwise commander treats `--no-random` as "random is true unless this is given".
      option.negate = false;
      option.attributeName = () => camel(option.name());
      if (repeatable)
        option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
      command.addOption(option);
    }
  }
  command.on('option:verbose', () =>
    command.setOptionValue('verbosity', ((command.getOptionValue('verbosity') as number) ?? 0) + 1),
  );
  return command.addHelpText('after', EXAMPLES);
}

const camel = (name: string): string => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

const EXAMPLES = `
Commands (sluice COMMAND --help for details):
  replay FILE…|FOLDER      read captures, with a summary at the end
  profiles list|show NAME  show the available thread profiles
  reassemble FILE          show the data that each side of each connection received
  rules check FILE…        report errors in rules; explain, profile, coverage and windows show what rules do
  config check|show        report errors in a configuration, show the settings in force
  gate up|down|show        manage the firewall rules that queue packets to the sensor
  why FLOW_ID|PACKET       show why packets were dropped
  new KIND NAME            create a detection, parser, output or other plugin
  test [FILE…]             run detections over segment tables and captures

Examples:
  sluice -c suricata.yaml -r capture.pcap -S my.rules -l logs
  sluice -r captures/ --set stream.midstream=yes -k none
  sluice gate up && sluice -q 0 -S my.rules
  tcpdump -w - | sluice -r - -S my.rules
  sluice -T -c suricata.yaml -v
  sluice replay capture.pcap --rules my.rules
`;

function commandLineOf(options: Record<string, unknown>, filter: readonly string[]): CommandLine {
  const refused = refusal(options);
  if (refused !== undefined) throw new UsageError(refused);
  const list = (name: string): string[] => (options[name] as string[] | undefined) ?? [];
  const text = (name: string): string | undefined =>
    typeof options[name] === 'string' ? (options[name] as string) : undefined;
  checkChecksumMode(text('k'));
  const showOption = SHOW_OPTIONS.find(name => options[name] !== undefined);
  const device = text('afPacket') ?? text('pcap');
  return {
    config: text('c'),
    includes: list('include'),
    sets: [...list('set'), ...settingsOf(options)],
    captures: list('r'),
    queues: list('q'),
    devices: device === undefined ? list('i') : [...list('i'), device],
    afPacket: options.afPacket !== undefined || options.pcap !== undefined,
    filter: filter.join(' '),
    filterFile: text('F'),
    unixSocket: options.unixSocket === true ? '' : text('unixSocket'),
    rules: { exclusive: list('S'), additional: list('s'), firewall: text('firewallRulesExclusive') },
    strict: strictKeywords(options.strictRuleKeywords),
    verbosity: (options.verbosity as number | undefined) ?? 0,
    quiet: options.quiet === true,
    background: options.D === true,
    detection: options.disableDetection === undefined,
    test: options.T === true,
    engineAnalysis: options.engineAnalysis === true,
    ...(showOption !== undefined && { show: { what: showOption, argument: text(showOption) ?? '' } }),
  };
}

function checkChecksumMode(mode: string | undefined): void {
  if (mode !== undefined && mode !== 'all' && mode !== 'none')
    throw new UsageError(`-k ${mode}: expected all or none`);
}

function strictKeywords(value: unknown): string[] {
  if (value === undefined) return [];
  return value === true ? ['all'] : String(value).split(',');
}
