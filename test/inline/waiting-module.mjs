// A module whose thread stands once there is a file; another one tells that it waits.
import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as later } from 'node:timers/promises';

export default {
  api: 1,
  summary: 'waits at the start',
  kind: 'stage',
  create: async () => {
    writeFileSync('begun', '');
    while (!existsSync('go-on')) await later(10);
    return { process() {} };
  },
};
