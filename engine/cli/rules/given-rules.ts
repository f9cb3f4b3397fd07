import type { LoadOptions } from '../../../signatures/rule-loader.js';
import type { Config } from '../../config/config.js';
import type { Protocol } from '../../protocol.js';
import type { Given } from '../command-line/parse.js';

/** Which rules are loaded, according to the command line. */
export function givenRules(config: Config, given: Given, protocols: readonly Protocol[]): LoadOptions {
  const { exclusive, additional, firewall } = given.rules;
  return {
    config,
    protocols,
    strict: given.strict,
    exclusive,
    additional,
    ...(firewall !== undefined && { firewallExclusive: firewall }),
  };
}
