/** Preparation of rules during a reload. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { parseArguments } from '../../engine/cli/command-line/parse.js';
import { prepare } from '../../engine/cli/run/preparation.js';
import { readSettings } from '../../engine/cli/settings.js';
import type { EngineLog } from '../../engine/log.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-preparation-'));
afterAll(() => rmSync(folder, { recursive: true }));
const quiet = () => {};
const LOG: EngineLog = {
  ...{ debug: quiet, info: quiet, notice: quiet, warning: quiet, error: quiet },
  ...{ reopen: quiet, close: quiet, changeOwner: quiet },
};

it('a reload that fails because of a detection leaves the previous hostbits and detections in force', async () => {
  const [rules, detection] = [join(folder, 'a.rules'), join(folder, 'd.js')];
  const rule = (name: string, sid: number) =>
    `alert ip any any -> any any (hostbits:set,${name}; sid:${sid};)\n`;
  const code = `import { defineDetection } from 'sluice';
    export default defineDetection({ name: 'd', sid: 9, msg: 'm', *detect() {} });\n`;
  writeFileSync(rules, rule('one', 1));
  writeFileSync(detection, code);
  const given = parseArguments(['-S', rules, '-S', detection, '--init-errors-fatal'], quiet)!;
  const prepared = await prepare(given, readSettings({ sets: given.sets }), LOG);
  expect(prepared.namedState().hostbits).toEqual(['one']);

  writeFileSync(rules, rule('one', 1) + rule('two', 2));
  writeFileSync(detection, 'export default {');
  expect(() => prepared.reloadRules()).toThrow('Loading detections failed.');
  expect(prepared.namedState().hostbits).toEqual(['one']);
  expect(prepared.detections.list.map(({ name }) => name)).toEqual(['d']);

  writeFileSync(detection, code);
  prepared.reloadRules();
  expect(prepared.namedState().hostbits).toEqual(['one', 'two']);
});
