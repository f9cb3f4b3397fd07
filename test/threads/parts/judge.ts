import { defineModule } from '../../../engine/module.js';

export default defineModule({
  summary: 'judges and does nothing else',
  kind: 'stage',
  judges: true,
  create: () => ({ process() {} }),
});
