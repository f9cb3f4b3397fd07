/** Rules in another order, in several files, with other sids, and in other notations with the same meaning. */
import { type Random, shuffled } from '../../pseudo-random.js';
import { RULE_ORDER } from '../ignored-differences.js';
import {
  IGNORED_LINES,
  withHexContents,
  withModifiersShuffled,
  withOtherLayout,
  withRuleOptionsMoved,
} from '../rule-rewriting.js';
import { sidOf, withoutRules } from '../scenario.js';
import type { Transformation } from '../transformation.js';

/** A one-to-one mapping of numbers below 2^20; applied twice, it gives the original number. */
const otherSid = (sid: number): number => sid ^ 0xfffff;

const REWRITES: Readonly<Record<string, (rule: string, random: Random) => string>> = {
  'hexadecimal contents': withHexContents,
  'options elsewhere': withRuleOptionsMoved,
  'modifiers shuffled': withModifiersShuffled,
  'another layout': withOtherLayout,
  'other numbers': rule => rule.replace(/\bsid\s*:\s*\d+/, `sid:${otherSid(sidOf(rule))}`),
};

const ruleNotation: Transformation = (scenario, random) => {
  const names = Object.keys(REWRITES).filter(() => random(2) === 0);
  const isShuffled = random(2) === 0;
  // Removed from the scenario itself: rules that are removed later would still be in the files.
  const original = isShuffled ? withoutRules(scenario, RULE_ORDER.matchesRule!) : scenario;
  const rewritten = original.rules.map(rule =>
    names.reduce((text, name) => REWRITES[name]!(text, random), rule),
  );
  const ordered = isShuffled ? shuffled(rewritten, random) : rewritten;
  const files = Array.from({ length: 1 + random(4) }, () => [] as string[]);
  for (const rule of ordered)
    files[random(files.length)]!.push(IGNORED_LINES[random(IGNORED_LINES.length)]!, rule);
  const isRenumbered = names.includes('other numbers');
  return {
    name: `rules written: ${[...names, ...(isShuffled ? ['shuffled'] : []), `${files.length} files`].join(', ')}`,
    original,
    transformed: { ...original, files: files.map(lines => `${lines.join('\n')}\n`) },
    ignored: [],
    restore: ({ capture, record }) => {
      if (!isRenumbered || !record['alert']) return { capture, record };
      const signature_id = otherSid(record['alert'].signature_id);
      return { capture, record: { ...record, alert: { ...record['alert'], signature_id } } };
    },
  };
};
export default ruleNotation;
