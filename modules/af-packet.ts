/** Acquires packets from network devices; inline between two devices it also forwards or drops them. */
import { defineModule } from '../engine/module.js';
import { acquireDevices } from './af-packet/acquire.js';
import { serveThread } from './af-packet/forward.js';
import { openDevices } from './af-packet/open.js';
import { options } from './af-packet/options.js';

export default defineModule({
  summary: 'monitors network devices (AF_PACKET), or forwards packets between two of them',
  kind: 'acquire',
  options,
  open: openDevices,
  provideServices: serveThread,
  create: acquireDevices,
});
