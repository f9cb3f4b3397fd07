/** Random sequences of transforms, and buffers for them. */
import type { Random } from '../pseudo-random.js';
import { oneIn, pick, randomText } from './random-conditions.js';
import {
  fromBase64,
  PLAIN_TRANSFORMS,
  pcrexform,
  subslice,
  type Transform,
  xor,
} from './transforms-oracle.js';

const EXPRESSIONS = ['a([^b])', '^([^\\n]*) ', '(b*)c', '([a-z]+)1', 'x(?:a|(b))', '[(](a)'];
const ALPHABET = [...'aabbABc019  \t\r\n::%%+=/(x\x00\xc4'];
const PIECES = ['%41', '%2', '%zz', 'YWJj', 'YQ==', '\r\n:', 'Host: A\r\n', '  '];

export function randomTransforms(random: Random): Transform[] {
  return Array.from({ length: 1 + random(3) }, () => randomTransform(random));
}

function randomTransform(random: Random): Transform {
  switch (random(8)) {
    case 0:
      return xor(Array.from({ length: 1 + random(3) }, () => random(256)));
    case 1:
      return pcrexform(pick(random, EXPRESSIONS));
    case 2:
      return fromBase64(pick(random, ['rfc4648', 'rfc2045', 'strict']), random(3), random(3) * 4);
    case 3:
      return subslice(random(12) - 5, oneIn(random, 3) ? undefined : random(12) - 5, oneIn(random, 2));
    default:
      return pick(random, PLAIN_TRANSFORMS);
  }
}

export function randomInput(random: Random): string {
  let buffer = '';
  for (let pieces = random(8); pieces > 0; pieces--)
    buffer += oneIn(random, 2) ? pick(random, PIECES) : randomText(random, 1, 3, ALPHABET);
  return buffer;
}
