/** Options that print something instead of starting a run. */
import { loadProtocols } from '../application/load-protocols.js';
import { ConfigError } from '../config/config-error.js';
import { flatten } from '../config/flatten.js';
import type { Protocol } from '../protocol.js';
import type { CommandLine } from './command-line/parse.js';
import { profileNames } from './run/choose-profile.js';
import { configuredProtocols } from './run/plugins.js';
import { readSettings } from './settings.js';
import { buildInfo } from './show/build-info.js';
import { listKeywords } from './show/list-keywords.js';
import { UsageError } from './usage-error.js';

/** @returns the exit code @throws UsageError */
export async function show(
  commandLine: CommandLine,
  { what, argument }: { what: string; argument: string },
): Promise<number> {
  process.stdout.write(`${await textOf(commandLine, what, argument)}\n`);
  return 0;
}

async function textOf(commandLine: CommandLine, what: string, argument: string): Promise<string> {
  switch (what) {
    case 'dumpConfig':
      return flatten(settings(commandLine).config.tree)
        .map(([path, value]) => `${path} = ${value}`)
        .join('\n');
    case 'buildInfo':
      return buildInfo();
    case 'dumpFeatures':
      return (await import('./show/features.js')).FEATURES.join('\n');
    case 'listKeywords':
      return listKeywords(argument, await protocolsOf(commandLine));
    case 'listRunmodes':
      return runModes(commandLine);
    case 'listAppLayerProtos':
      return ['=========Supported App Layer Protocols=========', ...(await protocolNames(commandLine))].join(
        '\n',
      );
    case 'listAppLayerFrames':
      return frameNames(await protocolsOf(commandLine)).join('\n');
    case 'listAppLayerHooks':
      return hookNames(await protocolsOf(commandLine)).join('\n');
    default:
      return (await ruleProtocolNames(commandLine)).join('\n');
  }
}

/** For example `tcp: http1.request`, by transport. */
function frameNames(protocols: readonly Protocol[]): string[] {
  return protocols.flatMap(({ frames }) =>
    (frames?.transports ?? []).flatMap(transport =>
      frames!.frameNames.map(name => `${transport}: ${frames!.prefix}.${name}`),
    ),
  );
}

/**
 * Names as used in rules: `http1:request_line`. The names of the first and the last state of a side are the same in all
 * protocols.
 */
function hookNames(protocols: readonly Protocol[]): string[] {
  return protocols.flatMap(({ name, ruleNames, progressToServer, progressToClient, innerProgress = [] }) => {
    const hooks = new Set([
      ...['request_started', ...progressToServer, 'request_complete'],
      ...['response_started', ...progressToClient, 'response_complete'],
    ]);
    for (const inner of innerProgress) hooks.delete(inner);
    const prefix = ruleNames?.includes(`${name}1`) ? `${name}1` : name;
    return [...hooks].map(hook => `${prefix}:${hook}`);
  });
}

function settings(commandLine: CommandLine) {
  try {
    return readSettings({
      config: commandLine.config,
      includes: commandLine.includes,
      sets: commandLine.sets,
    });
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(error.message);
    throw error;
  }
}

function runModes(commandLine: CommandLine): string {
  const names = profileNames(settings(commandLine).config);
  const inputs = ['PCAP_FILE  -r', 'NFQ        -q', 'AF_PACKET  -i'];
  const width = 12;
  const lines = inputs.flatMap(input => names.map(name => `${input.padEnd(width + 4)}${name}`));
  return ['input           profile (sluice profiles show NAME for details)', ...lines].join('\n');
}

/**
 * Includes those of a configuration named explicitly: built-in lists must not depend on whether a configuration is
 * valid.
 */
async function protocolsOf(commandLine: CommandLine): Promise<Protocol[]> {
  const isNamed =
    commandLine.config !== undefined || commandLine.includes.length + commandLine.sets.length > 0;
  return isNamed ? configuredProtocols(settings(commandLine)) : loadProtocols();
}

async function protocolNames(commandLine: CommandLine): Promise<string[]> {
  return (await protocolsOf(commandLine)).map(protocol => protocol.name).sort();
}

async function ruleProtocolNames(commandLine: CommandLine): Promise<string[]> {
  const { ruleProtocols } = await import('../../signatures/protocols.js');
  const known = ruleProtocols(await protocolsOf(commandLine));
  return [...known].filter(([, protocol]) => protocol.kind !== 'absent').map(([name]) => name);
}
