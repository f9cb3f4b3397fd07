/** Random buffers that contain contents of a rule: whole, in part, in other case, and overlapping. */
import type { Random } from '../pseudo-random.js';
import type { Condition } from './conditions.js';
import { ALPHABET, oneIn, pick, randomText } from './random-conditions.js';

export function randomBuffer(
  random: Random,
  conditions: readonly Condition[],
  alphabet: readonly string[] = ALPHABET,
  longest = 24,
): string {
  const contents = conditions.flatMap(each => (each.kind === 'content' ? [each.bytes] : []));
  let buffer = '';
  for (let pieces = random(7); pieces >= 0; pieces--) {
    if (contents.length === 0 || oneIn(random, 3)) buffer += randomText(random, 1, 4, alphabet);
    else buffer += changed(random, pick(random, contents), buffer);
  }
  return buffer.slice(0, longest);
}

function changed(random: Random, content: string, before: string): string {
  switch (random(6)) {
    case 0:
      return content.toUpperCase();
    case 1:
      return content.slice(1);
    case 2:
      return content.slice(0, -1);
    case 3:
      return before.endsWith(content[0]!) ? content.slice(1) : content + content;
    default:
      return content;
  }
}
