/** Acquires packets from netfilter queues, and sends the verdict of each to the kernel. */
import { defineModule } from '../engine/module.js';
import { acquireQueues } from './nfqueue/acquire.js';
import { bypassHookOptions } from './nfqueue/bypass-hook.js';
import { serveThread } from './nfqueue/delivery.js';
import { openQueues } from './nfqueue/open.js';
import * as options from './nfqueue/options.js';

export default defineModule({
  summary: 'receives packets from netfilter queues (NFQUEUE) and sends their verdicts to the kernel',
  kind: 'acquire',
  options: [...Object.values(options).filter(value => 'path' in value), ...bypassHookOptions],
  open: openQueues,
  provideServices: serveThread,
  create: acquireQueues,
});
