/**
 * Compiling a large rule set leaves hundreds of megabytes behind that nobody uses: parsed rules in JavaScript's heap,
 * graphs of patterns in that of the libraries. Neither is given back by itself, as the main thread hardly works from then on.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { native } from '../../native.js';

/** Collects garbage and gives free memory back to the system: some 50 ms for a large heap. */
export function giveBackSpentMemory(): void {
  // The collector can be called by its name only where a flag says so, in contexts made from then on.
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  // The first time finds what is garbage, the second one gives its pages back.
  collect();
  collect();
  native()?.trimMemory();
}
