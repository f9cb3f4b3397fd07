/** Acquires packets from capture files, folders of captures, or standard input. */
import { defineModule } from '../engine/module.js';
import { acquirePcap } from './pcap/acquire.js';
import * as options from './pcap/options.js';

export default defineModule({
  summary: 'reads packets from capture files (pcap, pcapng), folders and standard input',
  kind: 'acquire',
  options: Object.values(options),
  create: acquirePcap,
});
