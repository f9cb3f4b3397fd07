/** Rules in another order, in several files, with other sids, and in other notations with the same meaning. */
import { type Random, shuffled } from '../../pseudo-random.js';
import { ORDER_OF_RULES } from '../left-out.js';
import type { Retelling } from '../retelling.js';
import {
  REMARKS,
  withHexContents,
  withModifiersShuffled,
  withOptionsElsewhere,
  withOtherLayout,
} from '../rewriting.js';
import { sidOf, withoutRules } from '../story.js';

/** A one-to-one mapping of numbers below 2^20; applied twice, it gives the original number. */
const otherSid = (sid: number): number => sid ^ 0xfffff;

const REWRITTEN: Readonly<Record<string, (rule: string, random: Random) => string>> = {
  'hexadecimal contents': withHexContents,
  'options elsewhere': withOptionsElsewhere,
  'modifiers shuffled': withModifiersShuffled,
  'another layout': withOtherLayout,
  'other numbers': rule => rule.replace(/\bsid\s*:\s*\d+/, `sid:${otherSid(sidOf(rule))}`),
};

const written: Retelling = (story, random) => {
  const names = Object.keys(REWRITTEN).filter(() => random(2) === 0);
  const isShuffled = random(2) === 0;
  // Removed from the story itself: rules that are left out later would still be in the files.
  const told = isShuffled ? withoutRules(story, ORDER_OF_RULES.rule!) : story;
  const rewritten = told.rules.map(rule =>
    names.reduce((text, name) => REWRITTEN[name]!(text, random), rule),
  );
  const ordered = isShuffled ? shuffled(rewritten, random) : rewritten;
  const files = Array.from({ length: 1 + random(4) }, () => [] as string[]);
  for (const rule of ordered) files[random(files.length)]!.push(REMARKS[random(REMARKS.length)]!, rule);
  const numbered = names.includes('other numbers');
  return {
    name: `rules written: ${[...names, ...(isShuffled ? ['shuffled'] : []), `${files.length} files`].join(', ')}`,
    told,
    retold: { ...told, files: files.map(lines => `${lines.join('\n')}\n`) },
    leftOut: [],
    back: ({ capture, record }) => {
      if (!numbered || !record['alert']) return { capture, record };
      const signature_id = otherSid(record['alert'].signature_id);
      return { capture, record: { ...record, alert: { ...record['alert'], signature_id } } };
    },
  };
};
export default written;
