import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const out = join(root, 'docs', 'site', 'out');
/** Its generator is installed by `npm test` and `npm run docs`. */
const installed = existsSync(join(root, 'docs', 'site', 'node_modules', 'typedoc'));

describe.skipIf(!installed)('the site', () => {
  let output = '';

  beforeAll(() => {
    const { stdout, stderr } = spawnSync(process.execPath, ['docs/site/build.mjs'], {
      cwd: root,
      encoding: 'utf8',
    });
    output = `${stdout}${stderr}`;
  }, 120_000);

  const page = (name: string) => readFileSync(join(out, name), 'utf8');

  it('is built without a warning', () => {
    expect(output).not.toMatch(/warning|error/i);
  });

  it('has every guide under its heading', () => {
    for (const name of ['Detections_as_code', 'Command_line', 'Configuration', 'Rule_keywords'])
      expect(existsSync(join(out, `${name}.html`)), name).toBe(true);
  });

  it('has a reference of every interface', () => {
    const contracts = [
      ...['DetectionDefinition', 'ModuleDefinition', 'Protocol', 'QueueHandler', 'ThreadModule'],
      ...['DetectionSocket', 'TransactionView'],
    ];
    for (const name of contracts) expect(readdirSync(join(out, 'sluice')), name).toContain(`${name}.html`);
  });

  it('has keyword pages generated from their declarations', () => {
    expect(page('Keywords__dns.html')).toContain('dns.query');
    expect(page('Keywords__payload.html')).toContain('distance');
  });
});
