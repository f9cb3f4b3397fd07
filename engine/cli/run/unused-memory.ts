/**
 * Compiling a large rule set leaves hundreds of megabytes unused: parsed rules in JavaScript's heap, pattern graphs in
 * that of the libraries. Neither is released by itself, as the main thread is mostly idle from then on.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { native } from '../../native.js';

/** Collects garbage and returns free memory to the system: some 50 ms for a large heap. */
export function releaseUnusedMemory(): void {
  // The collector is callable only with this flag, in contexts created afterwards.
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  // The first collection finds garbage, the second returns its pages.
  collect();
  collect();
  native()?.trimMemory();
}
