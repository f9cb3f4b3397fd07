/** flowbits: bits by name, set on a flow by one signature and tested by another. */
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import type { RuleBuilder } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';
import type { Match, Position } from '../signature.js';
import { FLOW_VARIABLES, type FlowVariables } from '../state/flow-variables.js';

type Command = 'set' | 'unset' | 'toggle' | 'isset' | 'isnotset';

export interface FlowbitsMatch extends Match {
  readonly kind: 'flowbits';
  readonly command: Command;
  /** With several names, one is enough (`isset,a|b`). */
  readonly names: readonly string[];
}

const COMMANDS = new Set(['set', 'unset', 'toggle', 'isset', 'isnotset']);
const NAME = /^[^\s|,;"]+$/;

function parse(rule: RuleBuilder, argument: string | undefined, at: Position): void {
  const text = argument!.trim();
  if (text === 'noalert') {
    rule.noalert = true;
    return;
  }
  const comma = text.indexOf(',');
  const command = (comma < 0 ? text : text.slice(0, comma)).trim();
  if (!COMMANDS.has(command))
    throw new RuleError(`flowbits action "${command}" is invalid`, at, [...COMMANDS, 'noalert'].join(', '));
  if (comma < 0) throw new RuleError(`flowbits:${command} needs a name`, at, `flowbits:${command},name`);
  const names = text
    .slice(comma + 1)
    .split('|')
    .map(name => name.trim());
  if (names.some(name => !NAME.test(name)))
    throw new RuleError(`flowbits name "${text.slice(comma + 1)}" is invalid`, at);
  const reads = command === 'isset' || command === 'isnotset';
  if (names.length > 1 && !reads)
    throw new RuleError(
      `flowbits:${command} takes only one name`,
      at,
      'only isset and isnotset accept several names',
    );
  const match: FlowbitsMatch = { kind: 'flowbits', command: command as Command, names };
  if (reads) rule.addCondition(match);
  else rule.addEffect(match);
}

export const flowbitsKeywords: readonly Keyword[] = [
  {
    name: 'flowbits',
    family: 'flow',
    summary: 'Sets, unsets, toggles or tests named bits of the flow.',
    grammar: 'set | unset | toggle | isset | isnotset, name [|name …], or noalert',
    parse,
  },
];

export const flowbitsCompilers: readonly MatchCompiler[] = [
  {
    kind: 'flowbits',
    compile(match, environment) {
      const { command, names } = match as FlowbitsMatch;
      const store = environment.stores.get(FLOW_VARIABLES) as FlowVariables;
      const bits = names.map(name => store.numberOf(name));
      const first = bits[0]!;
      switch (command) {
        case 'isset':
          return at => at.flow >= 0 && bits.some(bit => store.hasBit(at.flow, bit));
        case 'isnotset':
          return at => at.flow < 0 || bits.some(bit => !store.hasBit(at.flow, bit));
        case 'toggle':
          return at => {
            if (at.flow >= 0) store.setBit(at.flow, first, !store.hasBit(at.flow, first));
            return true;
          };
        default:
          return at => {
            if (at.flow >= 0) store.setBit(at.flow, first, command === 'set');
            return true;
          };
      }
    },
  },
];
