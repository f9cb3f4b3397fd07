/** What compiled conditions find in their environment. */
import type { StoredSignature } from '../../signatures/compile/image.js';
import type { ConditionWatch } from '../../signatures/condition-watch.js';
import { MOST_VARIABLES } from '../../signatures/inspection.js';
import type { CompileEnvironment } from '../../signatures/match-compiler.js';

/** What is the same for all signatures of a thread. */
export type SharedEnvironment = Omit<CompileEnvironment, 'variable' | 'watch' | 'signature'>;

/** Variables are numbered by signature, in the order they are asked for. */
export function environmentsFor(
  shared: SharedEnvironment,
  watchOf?: (signature: StoredSignature) => ConditionWatch | undefined,
): (signature: StoredSignature) => CompileEnvironment {
  return signature => {
    const numbers = new Map<string, number>();
    return {
      ...shared,
      signature,
      watch: watchOf?.(signature),
      variable(name) {
        let number = numbers.get(name);
        if (number === undefined) {
          number = numbers.size % MOST_VARIABLES;
          numbers.set(name, number);
        }
        return number;
      },
    };
  };
}
