import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { tellRules } from '../../engine/cli/prepare-rules.js';
import { Config } from '../../engine/config/config.js';
import type { Log } from '../../engine/module.js';
import { loadRules } from '../../signatures/load-rules.js';
import { outcomeOf } from '../../signatures/rule-set.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-warnings-'));
afterAll(() => rmSync(folder, { recursive: true }));

function warningsOf(rules: string): string[] {
  const file = join(folder, 'my.rules');
  writeFileSync(file, rules);
  const config = new Config({});
  const told: string[] = [];
  const log = { warning: (text: string) => told.push(text), info: () => {}, notice: () => {} };
  tellRules(outcomeOf(loadRules({ config, exclusive: [file] })), config, log as unknown as Log);
  return told.map(text => text.replaceAll(file, 'my.rules'));
}

it('a classtype that is not known is told once, with the number of its other uses', () => {
  const rule = (sid: number, type: string) =>
    `alert tcp any any -> any any (classtype:${type}; sid:${sid};)\n`;
  expect(
    warningsOf(rule(1, 'a') + rule(2, 'a') + rule(3, 'b') + rule(4, 'b') + rule(5, 'a') + rule(6, 'c')),
  ).toEqual([
    'detect: unknown classtype: "a", using default priority 3, in my.rules at line 1, and in 2 more places',
    'detect: unknown classtype: "b", using default priority 3, in my.rules at line 3, and in 1 more place',
    'detect: unknown classtype: "c", using default priority 3, in my.rules at line 6',
  ]);
});

it('other warnings are told each time', () => {
  const rule = (sid: number) => `alert tcp any any -> any any (priority:1; priority:2; sid:${sid};)\n`;
  expect(warningsOf(rule(1) + rule(2))).toHaveLength(2);
});
