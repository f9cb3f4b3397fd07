/** Rules are reloaded, in another order each time, between packets of the capture. */
import { fileURLToPath } from 'node:url';
import { compiled } from '../../../engine/compiled.js';
import { builtInProfile } from '../../../engine/profile/built-in.js';
import type { Transformation } from '../transformation.js';

const MODULE = fileURLToPath(compiled('test/metamorphic/reloading-capture.js'));
const MODULES = builtInProfile('single')!.threads[0]!.modules.map(name => (name === 'input' ? MODULE : name));
const RELOADS = 12;

const reloaded: Transformation = (scenario, random) => {
  const packets = Object.values(scenario.captures).reduce((sum, capture) => sum + capture.packets.length, 0);
  const maxInterval = Math.max(1, Math.floor((2 * packets) / RELOADS));
  const config = `
profiles:
  reloaded:
    threads:
      - { name: all, modules: ${JSON.stringify(MODULES)} }
metamorphic: { seed: ${random(1_000_000)}, max-interval: ${maxInterval} }
`;
  const words = [...(scenario.words ?? []), '--runmode', 'reloaded', '--set', 'threading.batch-size=1'];
  return {
    name: 'rules reloaded',
    original: scenario,
    transformed: { ...scenario, config: `${scenario.config ?? ''}${config}`, words },
    ignored: [],
  };
};
export default reloaded;
