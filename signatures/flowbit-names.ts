/** Flowbits that rules test but no rule sets: often a typing mistake, or a missing rule file. */
import type { FlowbitsMatch } from './keywords/flowbits.js';
import type { RuleProblem } from './rule-set.js';
import type { Match, Position, Signature } from './signature.js';

interface Tested {
  readonly names: readonly string[];
  readonly position: Position;
}

export class FlowbitNames {
  private readonly set = new Set<string>();
  private readonly tested: Tested[] = [];

  addSignature({
    conditions,
    effects,
    position,
  }: Pick<Signature, 'conditions' | 'effects' | 'position'>): void {
    for (const match of conditions)
      if (isFlowbits(match) && match.command === 'isset') this.tested.push({ names: match.names, position });
    for (const match of effects)
      if (isFlowbits(match) && match.command !== 'unset') this.set.add(match.names[0]!);
  }

  /** @returns a problem for each test that is always false */
  problems(): RuleProblem[] {
    return this.tested
      .filter(({ names }) => !names.some(name => this.set.has(name)))
      .map(({ names, position }) => ({
        message: `flowbit ${names.join(' or ')} is not set by any rule`,
        position,
        isMissingName: true,
      }));
  }
}

function isFlowbits(match: Match): match is FlowbitsMatch {
  return match.kind === 'flowbits';
}
