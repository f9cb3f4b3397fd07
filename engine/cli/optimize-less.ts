/** What the program asks of V8's compiler. A library has no say in that: flags of V8 hold for the whole process. */
import { setFlagsFromString } from 'node:v8';

/**
 * Optimizing takes a fifth of the processor time of a replay of ten seconds, in every thread anew. A third of what may be
 * inlined into a function, and twice what runs of it (both in bytes of bytecode) before it is optimized, spare 5 to 10 %
 * of all processor time; in the long run packets take no longer.
 */
const FLAGS = ['--max-inlined-bytecode-size-cumulative=300'];
/** Of Node.js 20 alone: V8 complains about flags that it does not know. */
const FLAGS_OF_V8_11 = ['--interrupt-budget=130000'];

/** Holds for what is optimized from now on, in all threads. */
export function optimizeLess(): void {
  for (const flag of FLAGS) setFlagsFromString(flag);
  if (process.versions.v8.startsWith('11.')) for (const flag of FLAGS_OF_V8_11) setFlagsFromString(flag);
}
