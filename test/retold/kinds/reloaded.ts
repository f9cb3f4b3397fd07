/** Rules are reloaded, in another order each time, between packets of the capture. */
import { fileURLToPath } from 'node:url';
import { compiled } from '../../../engine/compiled.js';
import { builtInProfile } from '../../../engine/profile/built-in.js';
import type { Retelling } from '../retelling.js';

const MODULE = fileURLToPath(compiled('test/retold/reloading-capture.js'));
const MODULES = builtInProfile('single')!.threads[0]!.modules.map(name => (name === 'input' ? MODULE : name));
const RELOADS = 12;

const reloaded: Retelling = (story, random) => {
  const packets = Object.values(story.captures).reduce((sum, capture) => sum + capture.packets.length, 0);
  const most = Math.max(1, Math.floor((2 * packets) / RELOADS));
  const config = `
profiles:
  reloaded:
    threads:
      - { name: all, modules: ${JSON.stringify(MODULES)} }
retold: { seed: ${random(1_000_000)}, most: ${most} }
`;
  const words = [...(story.words ?? []), '--runmode', 'reloaded', '--set', 'threading.batch-size=1'];
  return {
    name: 'rules reloaded',
    told: story,
    retold: { ...story, config: `${story.config ?? ''}${config}`, words },
    leftOut: [],
  };
};
export default reloaded;
