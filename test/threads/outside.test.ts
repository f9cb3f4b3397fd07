import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadProtocols } from '../../engine/application/load-protocols.js';
import { loadHandler, loadModules } from '../../engine/thread/load-module.js';
import { runThreads } from './run-engine.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sluice-outside-'));

/** A module as written by its author: TypeScript against the package's interfaces, compiled by the author. */
const SOURCE = `
import { defineModule, Packet, type Batch } from 'sluice';

export default defineModule({
  summary: 'adds 100 to the mark of every packet',
  kind: 'stage',
  create: ({ memory: { row } }) => ({
    process(batch: Batch): void {
      for (let i = 0; i < batch.length; i++) row[batch.slots[i]! * Packet.INTS + Packet.ALERTS]! += 100;
    },
  }),
});
`;

beforeAll(() => {
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules', 'sluice'));
  const { code } = transformSync(SOURCE, { loader: 'ts', format: 'esm' });
  for (const place of ['by-path', 'node_modules/sluice-by-name']) {
    mkdirSync(join(folder, place), { recursive: true });
    writeFileSync(
      join(folder, place, 'package.json'),
      JSON.stringify({ name: 'outside', type: 'module', main: './module.js' }),
    );
    writeFileSync(join(folder, place, 'module.js'), code);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const alertsSeen = (lines: readonly string[]) =>
  lines.map(line => Number(line.split(' ')[3])).filter(alerts => alerts >= 100);

describe.each(['by-path', 'node_modules/sluice-by-name'])('T10: a module outside the tree (%s)', place => {
  const module = join(folder, place);

  it('runs in one thread', async () => {
    const run = await runThreads([{ name: 'worker', modules: ['input', module, './tell.js'] }]);
    expect(alertsSeen(run.lines)).toHaveLength(1000);
  });

  it('runs in a thread of its own', async () => {
    const run = await runThreads([
      { name: 'in', modules: ['input'], to: 'outside' },
      { name: 'outside', modules: [module], to: 'out' },
      { name: 'out', modules: ['./tell.js'] },
    ]);
    expect(alertsSeen(run.lines)).toHaveLength(1000);
    expect(run.violations).toBe(0);
  });
});

it('T10: a module is found by the name of its package', async () => {
  const run = await runThreads(
    [{ name: 'worker', modules: ['./numbered.js', 'sluice-by-name', './tell.js'] }].map(inFolder),
    {},
    {},
    folder,
  );
  expect(alertsSeen(run.lines)).toHaveLength(1000);
});

/** The test modules by their full path, so that names are looked up from the author's folder. */
function inFolder(group: { name: string; modules: string[] }): unknown {
  const parts = fileURLToPath(new URL('../../dist/test/threads/parts/', import.meta.url));
  return { ...group, modules: group.modules.map(name => (name.startsWith('./') ? join(parts, name) : name)) };
}

describe('T10: plugins for another version are rejected by name', () => {
  const file = (name: string, code: string): string => {
    const path = join(folder, name);
    writeFileSync(path, `export default ${code};`);
    return path;
  };

  it('a queue handler', async () => {
    const old = file(
      'old-handler.mjs',
      '{ api: 7, summary: "", ways: ["to"], keepsFlows: true, create() {} }',
    );
    await expect(loadHandler(old, folder)).rejects.toThrow(
      /queue handler .*old-handler\.mjs is made for queue handler API 7, this engine has 1/,
    );
  });

  it('a protocol', async () => {
    const old = file('old-protocol.mjs', '{ api: 7, name: "old", recognition: {} }');
    await expect(loadProtocols([old])).rejects.toThrow(
      /protocol old is made for protocol API 7, this engine has 1/,
    );
    const second = file('second.mjs', '{ api: 1, name: "dns", recognition: {} }');
    await expect(loadProtocols([second])).rejects.toThrow(/second\.mjs: protocol dns exists already/);
  });
});

it('a broken module is reported by name and affects only runs that use it', async () => {
  writeFileSync(join(folder, 'throws.mjs'), 'throw new Error("no such luck");');
  writeFileSync(join(folder, 'garbled.mjs'), 'export default {{');
  writeFileSync(join(folder, 'other.mjs'), 'export default { kind: "stage", summary: "" };');
  const names = ['./throws.mjs', 'flow', './garbled.mjs', './other.mjs'];
  const { modules, problems } = await loadModules(names, folder);
  expect([...modules.keys()]).toEqual(['flow']);
  expect(problems).toEqual([
    'module ./throws.mjs: no such luck',
    expect.stringMatching(/^module \.\/garbled\.mjs: /),
    'module ./other.mjs: the default export is not a module (see defineModule)',
  ]);
});
