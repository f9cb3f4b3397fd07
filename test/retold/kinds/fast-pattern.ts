/** Rules have another fast pattern: which content is searched first does not change what matches. */
import { loadProtocols } from '../../../engine/application/load-protocols.js';
import { Config } from '../../../engine/config/config.js';
import { loadRuleText } from '../../../signatures/load-rules.js';
import type { Retelling } from '../retelling.js';
import { withOtherFastPattern } from '../rewriting.js';

const fastPattern: Retelling = async (story, random) => {
  const options = { config: new Config({}), protocols: await loadProtocols() };
  // Not every buffer supports one.
  const loads = (rule: string) => loadRuleText(rule, 'one.rules', options).signatures.length > 0;
  const rules = story.rules.map(rule => {
    const other = withOtherFastPattern(rule, random);
    return other !== undefined && loads(other) ? other : rule;
  });
  return { name: 'another fast pattern', told: story, retold: { ...story, rules }, leftOut: [] };
};
export default fastPattern;
