/** The environment of compiled conditions. */
import type { StoredSignature } from '../../signatures/compile/image.js';
import type { ConditionWatch } from '../../signatures/condition-watch.js';
import { MAX_VARIABLES } from '../../signatures/inspection.js';
import type { CompileEnvironment } from '../../signatures/match-compiler.js';

/** The part common to all signatures of a thread. */
export type SharedEnvironment = Omit<CompileEnvironment, 'variable' | 'watch' | 'signature'>;

/** Variables are numbered per signature, in the order in which they are requested. */
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
          number = numbers.size % MAX_VARIABLES;
          numbers.set(name, number);
        }
        return number;
      },
    };
  };
}
