import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { changeCacheOwner, changeOwners } from '../../engine/cli/run/file-ownership.js';
import { Config, type ConfigTree } from '../../engine/config/config.js';
import { consoleLog } from '../../engine/log.js';

it('logs, and the folders of control socket and rule cache if needed, are handed over to the user of the run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-hand-over-'));
  const identity = { uid: process.getuid!(), gid: process.getgid!(), named: 'myself' };
  const given: number[][] = [];
  const log = {
    ...consoleLog(0, undefined, true),
    changeOwner: (uid: number, gid: number) => given.push([uid, gid]),
  };
  const over = (enabled: string, live: boolean): boolean => {
    const socket = { enabled, filename: join(folder, 'run', 'socket') };
    changeOwners(new Config({ 'unix-command': socket } as ConfigTree), live, log as never, identity);
    return existsSync(join(folder, 'run'));
  };
  expect([over('no', true), over('auto', false), over('auto', true)]).toEqual([false, false, true]);
  expect(given).toEqual(Array(3).fill([identity.uid, identity.gid]));
  const cache = join(folder, 'cache', 'sgh');
  changeCacheOwner(new Config({ detect: { 'sgh-mpm-caching-path': cache } }), identity);
  expect(existsSync(cache)).toBe(true);
  rmSync(folder, { recursive: true });
});
