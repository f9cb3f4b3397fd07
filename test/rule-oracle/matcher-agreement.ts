/** Compares the oracle for conditions with the compiled matcher of one buffer. */

import { openExpressions } from '../../engine/expression/open.js';
import type { ExpressionKind } from '../../engine/expression.js';
import { signatureLanguage } from '../../signatures/language.js';
import { randomNumbers } from '../pseudo-random.js';
import { environment, inspection, latin1 } from '../signatures/inspect.js';
import { load, withOptions } from '../signatures/rules.js';
import { type Condition, written } from './conditions.js';
import { holds } from './oracle.js';
import { randomBuffer } from './random-buffers.js';
import { oneIn, randomBase64, randomConditions } from './random-conditions.js';

const BUFFERS_FOR_EACH = 6;
/** No limit on the work, since the oracle has none. */
const BOUNDLESS = { recursion: 2 ** 40, pcreMatch: 1_000_000, pcreRecursion: 100_000 };

const language = signatureLanguage();

/** @returns disagreements, with all that is needed to reproduce them */
export function compareMatcher(seed: number, kind: ExpressionKind | 'auto'): string | undefined {
  const random = randomNumbers(seed);
  const sticky = random(2) === 0;
  const made = randomConditions(random, { most: 5, sticky });
  const conditions = !sticky && oneIn(random, 8) ? [...made, randomBase64(random)] : made;
  const test = compiled(conditions, sticky, kind);
  if (!test) return undefined;
  for (let i = 0; i < BUFFERS_FOR_EACH; i++) {
    const buffer = randomBuffer(random, conditions);
    const expected = holds(conditions, buffer);
    if (test(buffer) !== expected)
      return `seed ${seed}: ${written(conditions)} on ${JSON.stringify(buffer)}: ${expected} expected`;
  }
  return undefined;
}

/** @returns undefined for a rule that is rejected */
function compiled(conditions: readonly Condition[], sticky: boolean, kind: ExpressionKind | 'auto') {
  const options = `${sticky ? 'sample.uri; ' : ''}${written(conditions)}`;
  const header = sticky ? 'alert sample any any -> any any' : 'alert tcp-pkt any any -> any any';
  const [signature] = load(withOptions(options, header)).signatures;
  if (!signature) return undefined;
  const test = language.buffer(
    signature.buffers.flatMap(buffer => buffer.conditions),
    environment({ limits: BOUNDLESS, expressions: openExpressions(kind) }),
  );
  // The buffer is surrounded by other bytes, which are not part of it.
  return (buffer: string) =>
    test(inspection(latin1(`aaabbb${buffer}ab01`), { start: 6, end: 6 + buffer.length }));
}
