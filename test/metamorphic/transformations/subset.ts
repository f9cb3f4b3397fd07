/** Some rules are disabled: the results of the others stay the same. */

import { sidOf } from '../scenario.js';
import type { Transformation } from '../transformation.js';

/** Rules with effects on other rules or records, besides their alert, are not disabled. */
const HAS_SIDE_EFFECTS =
  /^(pass|drop|reject)|\b(flowbits|flowint|xbits|hostbits|bypass|tag|filestore|dataset|config|lua|var|noalert|stream-event)\b/;

const subset: Transformation = (scenario, random) => {
  const isEnabled = new Map(
    scenario.rules.map(rule => [sidOf(rule), HAS_SIDE_EFFECTS.test(rule) || random(2) === 0]),
  );
  const rules = scenario.rules.map(rule => (isEnabled.get(sidOf(rule)) ? rule : `# ${rule}`));
  return {
    name: 'disabled rules',
    original: scenario,
    transformed: { ...scenario, rules },
    ignored: [
      {
        reason: 'the rule is disabled',
        matchesRecord: ({ alert }) => alert !== undefined && !isEnabled.get(alert.signature_id),
      },
      { reason: 'whether there was an alert, which may be of a disabled rule', members: ['flow.alerted'] },
    ],
  };
};
export default subset;
