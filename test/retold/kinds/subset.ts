/** Some rules are disabled: the results of the others stay the same. */
import type { Retelling } from '../retelling.js';
import { sidOf } from '../story.js';

/** Rules with effects on other rules or records, besides their alert, are not disabled. */
const TIED =
  /^(pass|drop|reject)|\b(flowbits|flowint|xbits|hostbits|bypass|tag|filestore|dataset|config|lua|var|noalert|stream-event)\b/;

const subset: Retelling = (story, random) => {
  const isIn = new Map(story.rules.map(rule => [sidOf(rule), TIED.test(rule) || random(2) === 0]));
  const rules = story.rules.map(rule => (isIn.get(sidOf(rule)) ? rule : `# ${rule}`));
  return {
    name: 'disabled rules',
    told: story,
    retold: { ...story, rules },
    leftOut: [
      {
        why: 'the rule is disabled',
        record: ({ alert }) => alert !== undefined && !isIn.get(alert.signature_id),
      },
      { why: 'whether there was an alert, which may be of a disabled rule', members: ['flow.alerted'] },
    ],
  };
};
export default subset;
