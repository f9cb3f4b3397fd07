/** Builds side by side: the entry files of the current one, and how long others are kept. */
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

interface Builds {
  lead(dist: string, name: string, entries: readonly { path: string; exports: string[] }[]): Promise<void>;
  removeOldBuilds(dist: string, current: string): Promise<void>;
}

const builds = (await import(new URL('../../engine/setup/builds.mjs', import.meta.url).href)) as Builds;
let dist: string;

beforeEach(() => {
  dist = mkdtempSync(join(tmpdir(), 'sluice-builds-'));
});

afterEach(() => rmSync(dist, { recursive: true }));

function makeBuild(name: string, modules: readonly string[], text: string): Promise<void> {
  mkdirSync(join(dist, name, 'modules'), { recursive: true });
  for (const module of modules)
    writeFileSync(
      join(dist, name, 'modules', module),
      `export const one = '${text}';\nexport default one;\n`,
    );
  const entries = modules.map(module => ({ path: `modules/${module}`, exports: ['one', 'default'] }));
  return builds.lead(dist, name, entries);
}

const loaded = async (module: string, version: number): Promise<unknown> => {
  const { href } = pathToFileURL(join(dist, 'modules', module));
  return import(/* @vite-ignore */ `${href}?${version}`);
};

it('entry files load all of the current build', async () => {
  await makeBuild('b-1', ['flow.js', 'gone.js'], 'old');
  expect(await loaded('flow.js', 1)).toMatchObject({ one: 'old', default: 'old' });
  await makeBuild('b-2', ['flow.js', 'new.js'], 'new');
  expect(await loaded('flow.js', 2)).toMatchObject({ one: 'new', default: 'new' });
  expect(existsSync(join(dist, 'modules/gone.js'))).toBe(false);
  // A program that was started before keeps its own build.
  expect(readFileSync(join(dist, 'b-1/modules/gone.js'), 'utf8')).toContain('old');
});

it('builds that are recent or in use are kept', async () => {
  for (const name of ['b-1', 'b-2', 'b-3', 'b-4']) await makeBuild(name, ['flow.js'], name);
  const longAgo = Date.now() / 1000 - 7200;
  for (const name of ['b-1', 'b-2', 'b-4']) utimesSync(join(dist, name), longAgo, longAgo);
  const held = openSync(join(dist, 'b-2'), 'r');
  await builds.removeOldBuilds(dist, 'b-4');
  expect(['b-1', 'b-2', 'b-3', 'b-4'].map(name => existsSync(join(dist, name)))).toEqual([
    false,
    existsSync('/proc/self/fd'),
    true,
    true,
  ]);
  closeSync(held);
});
