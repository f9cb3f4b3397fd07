/** The command line of a test: its own `command`, or the default one with its `args`, capture and rules. */
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { filesWithEnding, type TestFolder } from './test-folder.js';

/** Variables of tests, passed as environment to all their commands. */
export interface TestVariables {
  readonly SRCDIR: string;
  readonly TEST_DIR: string;
  readonly OUTPUT_DIR: string;
  readonly TZ: 'UTC';
}

/** A shell command, or the arguments of the engine. */
export type Command = { readonly shell: string } | { readonly args: readonly string[] };

/** The test cannot be run; `skip` if that is no failure. */
export class Unrunnable extends Error {
  constructor(
    message: string,
    readonly skip: boolean,
  ) {
    super(message);
  }
}

/** @throws Unrunnable unless there is exactly one capture */
export function commandOf(test: TestFolder, variables: TestVariables): Command {
  const { command } = test.description;
  if (command) return { shell: command };
  return {
    args: [
      ...testArguments(test, variables),
      ...defaultArguments(test, variables),
      ...capture(test),
      ...rules(test),
    ],
  };
}

function testArguments(test: TestFolder, variables: TestVariables): string[] {
  const words = (test.description.args ?? []).flatMap(line => String(line).trim().split(/\s+/));
  return words.filter(word => word !== '').map(word => substitute(word, variables));
}

function defaultArguments(test: TestFolder, variables: TestVariables): string[] {
  const own = join(test.path, 'suricata.yaml');
  const config = existsSync(own) ? own : join(variables.SRCDIR, 'suricata.yaml');
  const files = ['classification', 'reference'].flatMap(name => {
    const file = join(variables.SRCDIR, 'etc', `${name}.config`);
    const key = name === 'reference' ? 'reference-config-file' : 'classification-file';
    return existsSync(file) ? ['--set', `${key}=${file}`] : [];
  });
  const ips = basename(test.name).includes('ips') ? ['--simulate-ips'] : [];
  return [...files, '--init-errors-fatal', '-l', variables.OUTPUT_DIR, '-c', config, ...ips];
}

function capture(test: TestFolder): string[] {
  const { pcap, requires } = test.description;
  if (pcap === false || pcap === null) return [];
  if (pcap !== undefined) {
    const path = resolve(test.path, String(pcap));
    // A folder may hold only some of all tests, of which some use captures of others.
    if (!existsSync(path)) throw new Unrunnable(`PCAP filename does not exist: ${pcap}`, true);
    return ['-r', path];
  }
  if (requires?.pcap === false) return [];
  const found = filesWithEnding(test, '.pcap', '.pcapng');
  if (found.length === 0) throw new Unrunnable('No pcap file found', true);
  if (found.length > 1) throw new Unrunnable('More than 1 pcap file found', false);
  return ['-r', found[0]!];
}

/** firewall.rules are firewall rules; td.rules next to them are the usual ones. */
function rules(test: TestFolder): string[] {
  const { rules: named } = test.description;
  const found = named ? [resolve(test.path, named)] : filesWithEnding(test, '.rules');
  if (found.length === 0) return ['--disable-detection'];
  const firewall = found.filter(file => basename(file) === 'firewall.rules');
  const usual = found.filter(file => basename(file) !== 'firewall.rules');
  if (usual.length > 1) throw new Unrunnable('More than 1 rule file found', false);
  return [
    ...firewall.map(file => `--firewall-rules-exclusive=${file}`),
    ...usual.flatMap(file => ['-S', file]),
  ];
}

/** Replaces `${NAME}` and `$NAME` by variables; unknown names stay. */
export function substitute(text: string, variables: TestVariables): string {
  const known = variables as unknown as Record<string, string>;
  return text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced, bare) => known[braced ?? bare] ?? whole);
}
