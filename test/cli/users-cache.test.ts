import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { userCacheFolder } from '../../engine/cli/user-cache.js';
import { ethernet, ipv4, packet, pcapFile, udp } from '../packets/builder.js';
import { runSluice } from './program.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-cache-'));
  writeFileSync(join(folder, 'large.rules'), rules(4000));
  writeFileSync(join(folder, 'small.rules'), rules(1));
});
afterEach(() => rmSync(folder, { recursive: true }));

function rules(count: number): string {
  const rule = (n: number): string =>
    `alert udp any any -> any 7 (msg:"number ${n} of many rules"; content:"hello ${n}"; sid:${n + 1};)\n`;
  return Array.from({ length: count }, (_, n) => rule(n)).join('');
}

const cacheOf = (file: string, environment: Record<string, string>) =>
  userCacheFolder([join(folder, file), join(folder, 'nowhere')], environment);

describe('the cache of a user', () => {
  it('is used for large files only', () => {
    expect(cacheOf('large.rules', { XDG_CACHE_HOME: folder })).toBe(join(folder, 'sluice'));
    expect(cacheOf('small.rules', { XDG_CACHE_HOME: folder })).toBeUndefined();
  });

  it('is in the folder of a service, of XDG, or in the home of the user', () => {
    const home = join(folder, 'home');
    const service = join(folder, 'of-service');
    expect(cacheOf('large.rules', { CACHE_DIRECTORY: `${service}:/b`, XDG_CACHE_HOME: home })).toBe(service);
    expect(cacheOf('large.rules', { XDG_CACHE_HOME: home })).toBe(join(home, 'sluice'));
  });

  it('is readable and writable for its user only', () => {
    const made = cacheOf('large.rules', { XDG_CACHE_HOME: folder })!;
    expect(statSync(made).mode & 0o777).toBe(0o700);
    chmodSync(made, 0o777);
    expect(cacheOf('large.rules', { XDG_CACHE_HOME: folder })).toBeUndefined();
  });

  it('is not used if it cannot be created', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(cacheOf('large.rules', { XDG_CACHE_HOME: join(folder, 'file') })).toBeUndefined();
    expect(cacheOf('large.rules', { CACHE_DIRECTORY: '/proc/self/sluice' })).toBeUndefined();
  });
});

it('keeps compiled rule sets of runs', async () => {
  const cache = join(folder, 'cache');
  writeFileSync(
    join(folder, 'x.pcap'),
    pcapFile([packet(ethernet(), ipv4(), udp({ dport: 7 }), 'hello 17')]),
  );
  const run = async (...words: string[]): Promise<string[]> => {
    const { code, stderr } = await runSluice(['-l', '.', '-r', 'x.pcap', ...words], {
      cwd: folder,
      env: { CACHE_DIRECTORY: cache },
    });
    expect([code, stderr]).toEqual([0, '']);
    return existsSync(cache) ? readdirSync(cache).filter(name => name.endsWith('.rules')) : [];
  };
  expect(await run('-S', 'small.rules')).toEqual([]);
  expect(await run('-S', 'large.rules', '--set', 'detect.sgh-mpm-caching=no')).toEqual([]);
  expect(existsSync(cache)).toBe(false);
  expect(await run('-S', 'large.rules')).toHaveLength(1);
  expect(await run('-S', 'large.rules')).toHaveLength(1);
}, 60_000);
