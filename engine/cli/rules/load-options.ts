import type { LoadOptions } from '../../../signatures/rule-loader.js';
import type { Config } from '../../config/config.js';
import type { Protocol } from '../../protocol.js';
import type { CommandLine } from '../command-line/parse.js';

/** Which rules are loaded, according to the command line. */
export function loadOptionsOf(
  config: Config,
  commandLine: CommandLine,
  protocols: readonly Protocol[],
): LoadOptions {
  const { exclusive, additional, firewall } = commandLine.rules;
  return {
    config,
    protocols,
    strict: commandLine.strict,
    exclusive,
    additional,
    ...(firewall !== undefined && { firewallExclusive: firewall }),
  };
}
