/** Rules have another fast pattern: which content is searched first does not change what matches. */
import { loadProtocols } from '../../../engine/application/load-protocols.js';
import { Config } from '../../../engine/config/config.js';
import { loadRuleText } from '../../../signatures/load-rules.js';
import { withOtherFastPattern } from '../rule-rewriting.js';
import type { Transformation } from '../transformation.js';

const fastPattern: Transformation = async (scenario, random) => {
  const options = { config: new Config({}), protocols: await loadProtocols() };
  // Not every buffer supports one.
  const loads = (rule: string) => loadRuleText(rule, 'one.rules', options).signatures.length > 0;
  const rules = scenario.rules.map(rule => {
    const other = withOtherFastPattern(rule, random);
    return other !== undefined && loads(other) ? other : rule;
  });
  return {
    name: 'another fast pattern',
    original: scenario,
    transformed: { ...scenario, rules },
    ignored: [],
  };
};
export default fastPattern;
