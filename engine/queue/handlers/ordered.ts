import { defineQueueHandler } from '../handler.js';

export default defineQueueHandler({
  summary: 'one consumer gets the packets of all producers in the order in which they were acquired',
  ways: ['to'],
  keepsFlows: true,
  create({ ways: [way] }) {
    const { first } = way!;
    return () => first;
  },
});
