/** The rules that affect whether a rule fires: those that set the bits it tests, and those that pass or drop. */
import type { Match, Signature } from '../../../signatures/signature.js';

/** Kinds of state, with the fields that name what is set or tested. */
const NAMES: Readonly<Record<string, 'names' | 'name'>> = {
  flowbits: 'names',
  flowint: 'name',
  xbits: 'name',
  hostbits: 'name',
};

/** @returns `target` and the others, in their original order */
export function relatedRules(all: readonly Signature[], target: Signature): Signature[] {
  const chosen = new Set<Signature>([target]);
  for (const signature of all)
    if (signature.action !== 'alert' && signature.action !== 'config') chosen.add(signature);
  const wanted = new Set<string>();
  const want = ({ conditions }: Signature): void => {
    for (const name of conditions.flatMap(namesOf)) wanted.add(name);
  };
  chosen.forEach(want);
  for (let before = -1; before !== chosen.size; ) {
    before = chosen.size;
    for (const signature of all) {
      if (chosen.has(signature) || !signature.effects.flatMap(namesOf).some(name => wanted.has(name)))
        continue;
      chosen.add(signature);
      want(signature);
    }
  }
  return all.filter(signature => chosen.has(signature));
}

/** `flowbits logged_in` */
function namesOf(match: Match): string[] {
  const field = NAMES[match.kind];
  if (field === undefined) return [];
  const names = [match[field]].flat();
  return names.map(name => `${match.kind} ${name}`);
}
