/** Validates the configuration's variables before any rule uses them: an invalid one may not be used at present. */
import { RuleError } from '../rule-error.js';
import type { Position } from '../signature.js';
import { parseAddresses } from './addresses.js';
import { parsePorts } from './ports.js';

type Variables = ReadonlyMap<string, string>;

const NOWHERE: Position = { file: '', line: 0, column: 0 };

/**
 * Errors in the values of `vars: address-groups` and `vars: port-groups`. Empty ones are errors only where they are
 * used.
 */
export function variableProblems(addresses: Variables, ports: Variables): string[] {
  return [
    ...problemsOf('address', addresses, value => parseAddresses(value, addresses, NOWHERE)),
    ...problemsOf('port', ports, value => parsePorts(value, ports, NOWHERE)),
  ];
}

function problemsOf(kind: string, variables: Variables, parse: (value: string) => unknown): string[] {
  const problems: string[] = [];
  for (const [name, value] of variables) {
    if (value.trim() === '' || value === '[]') continue;
    try {
      parse(value);
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      problems.push(`invalid ${kind} variable ${name}: "${value}": ${error.message}`);
    }
  }
  return problems;
}
