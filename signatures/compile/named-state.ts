/** Names in rules of state that outlives flows: commands can query it by these names. */
import type { DatasetDeclaration } from '../dataset-declaration.js';
import type { Match, Signature } from '../signature.js';

export interface NamedState {
  readonly datasets: readonly DatasetDeclaration[];
  readonly hostbits: readonly string[];
}

/** Collects the names of all rules. */
export class NamedStateCollector {
  private readonly datasets = new Map<string, DatasetDeclaration>();
  private readonly hostbits = new Set<string>();

  addSignature({ conditions, effects, buffers }: Signature): void {
    for (const match of conditions) this.note(match);
    for (const match of effects) this.note(match);
    for (const buffer of buffers) for (const match of buffer.conditions) this.note(match);
  }

  get all(): NamedState {
    return { datasets: [...this.datasets.values()], hostbits: [...this.hostbits] };
  }

  private note(match: Match): void {
    if (match.kind === 'hostbits') this.hostbits.add(String(match['name']));
    const declaration = match['declaration'] as DatasetDeclaration | undefined;
    if ((match.kind === 'dataset' || match.kind === 'datarep') && declaration)
      this.datasets.set(declaration.name, declaration);
  }
}
