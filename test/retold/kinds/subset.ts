/** Some rules are out of use: of the others the same comes. */
import type { Retelling } from '../retelling.js';
import { sidOf } from '../story.js';

/** What a rule does besides its alert others can see; such rules stay. */
const TIED =
  /^(pass|drop|reject)|\b(flowbits|flowint|xbits|hostbits|bypass|tag|filestore|dataset|config|lua|var|noalert|stream-event)\b/;

const subset: Retelling = (story, random) => {
  const isIn = new Map(story.rules.map(rule => [sidOf(rule), TIED.test(rule) || random(2) === 0]));
  const rules = story.rules.map(rule => (isIn.get(sidOf(rule)) ? rule : `# ${rule}`));
  return {
    name: 'rules out of use',
    told: story,
    retold: { ...story, rules },
    leftOut: [
      {
        why: 'the rule is out of use',
        record: ({ alert }) => alert !== undefined && !isIn.get(alert.signature_id),
      },
      { why: 'whether there was an alert, which may be of such a rule', members: ['flow.alerted'] },
    ],
  };
};
export default subset;
