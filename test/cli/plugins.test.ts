/** Commands know the protocols and modules that a configuration names, with their options. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runSluice } from './program.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sluice-plugins-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PROTOCOL = `import { defineProtocol, options, REQUEST_AND_RESPONSE } from 'sluice';
export default defineProtocol({
  name: 'echoer', transports: ['tcp'], ...REQUEST_AND_RESPONSE,
  events: [], values: [], tests: [], recognition: { patterns: [{ toServer: true, bytes: 'ECHO ' }] },
  buffers: [{ keyword: 'echoer.line', summary: 'a line', direction: 'to_server', progress: 1, get: () => undefined }],
  options: [options.option('app-layer.protocols.echoer.most', options.integer(0, 9), 5, 'lines')],
  record: () => '',
});
`;
const MODULE = `import { defineModule, options } from 'sluice';
export default defineModule({
  summary: 'does nothing', kind: 'stage', options: [options.option('nothing.at-all', options.integer(0, 9), 5, 'nothing')],
  create: () => ({ process() {} }),
});
`;
const CONFIG = `%YAML 1.1
---
app-layer:
  plugins: [./echoer.mjs]
  protocols: { echoer: { most: 7, least: 1 } }
nothing: { at-all: 3 }
profiles:
  mine:
    threads: [{ name: all, modules: [input, decode, ./nothing.mjs, verdict, outputs] }]
`;

beforeAll(() => {
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules', 'sluice'));
  writeFileSync(join(folder, 'echoer.mjs'), PROTOCOL);
  writeFileSync(join(folder, 'nothing.mjs'), MODULE);
  writeFileSync(join(folder, 'x.yaml'), CONFIG);
  writeFileSync(
    join(folder, 'x.rules'),
    'alert echoer any any -> any any (echoer.line; content:"x"; sid:1;)\n',
  );
});

// Paths are relative to the configuration file, not to the working directory.
const CONFIGURATION = join(folder, 'x.yaml');

it('sluice config show --defaults shows the options of plugins', async () => {
  const { stdout } = await runSluice(['config', 'show', '--defaults', '-c', CONFIGURATION]);
  expect(stdout).toContain('app-layer.protocols.echoer.most: 5\n    lines; ');
  expect(stdout).toContain('nothing.at-all: 5\n    nothing; ');
});

it("sluice config check reports only unknown keys below a plugin's options", async () => {
  const { stdout, code } = await runSluice(['config', 'check', CONFIGURATION]);
  expect(stdout).toBe(
    `warning: ${CONFIGURATION}:5: app-layer.protocols.echoer.least: unknown key\n` +
      `${CONFIGURATION}: 0 errors, 1 keys that have no effect\n`,
  );
  expect(code).toBe(0);
});

it('sluice rules check and --list-keywords know the keywords of plugins', async () => {
  const { stdout } = await runSluice(['rules', 'check', join(folder, 'x.rules'), '-c', CONFIGURATION]);
  expect(stdout).toMatch(/^1 rules loaded, 0 errors, 0 warnings/);
  expect((await runSluice(['--list-keywords', '-c', CONFIGURATION])).stdout).toContain('echoer.line');
});

it('a plugin that does not exist is reported in one line', async () => {
  const other = join(folder, 'other.yaml');
  writeFileSync(other, CONFIG.replace('echoer.mjs', 'none.mjs'));
  const { stderr, code } = await runSluice(['rules', 'check', join(folder, 'x.rules'), '-c', other]);
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^Error: .*none\.mjs.*\n$/)]);
});
