import { defineModule } from '../../../engine/module.js';

export default defineModule({
  summary: 'cannot start',
  kind: 'stage',
  create: () => {
    throw new Error('the disk is on fire');
  },
});
