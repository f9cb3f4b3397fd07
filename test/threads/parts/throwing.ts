import { defineModule } from '../../../engine/module.js';

export default defineModule({
  summary: 'throws at the first packet',
  kind: 'stage',
  create: () => ({
    process(): void {
      throw new Error('this packet is too hot');
    },
  }),
});
