import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { logRules } from '../../engine/cli/rules/prepare-rules.js';
import { Config } from '../../engine/config/config.js';
import type { Log } from '../../engine/module.js';
import { loadRules } from '../../signatures/load-rules.js';
import { outcomeOf } from '../../signatures/rule-set.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-warnings-'));
afterAll(() => rmSync(folder, { recursive: true }));

const RULE = 'alert tcp any any -> any any (sid:1;)\n';

function warningsOf(rules: string, tree = {}): string[] {
  const file = join(folder, 'my.rules');
  writeFileSync(file, rules);
  const config = new Config(tree);
  const messages: string[] = [];
  const warning = (text: string) => messages.push(text);
  const log = { error: warning, warning, info: () => {}, notice: () => {} };
  logRules(outcomeOf(loadRules({ config, exclusive: [file] })), config, log as unknown as Log);
  return messages.map(text => text.replaceAll(file, 'my.rules'));
}

it('an unknown classtype is reported once, with the number of its other uses', () => {
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

it('a flowbit that is checked but never set is reported', () => {
  const rule = (sid: number, options: string) =>
    `alert tcp any any -> any any (flowbits:${options}; sid:${sid};)\n`;
  const rules = [
    rule(1, 'isset,login'),
    rule(2, 'isset,logon'),
    rule(3, 'isset,logon'),
    rule(4, 'isset,a|login'),
    rule(5, 'isset,a|b'),
    rule(6, 'isnotset,c'),
    rule(7, 'unset,logon'),
    rule(8, 'set,login'),
  ];
  expect(warningsOf(rules.join(''))).toEqual([
    'detect: flowbit logon is not set by any rule, in my.rules at line 2, and in 1 more place',
    'detect: flowbit a or b is not set by any rule, in my.rules at line 5',
  ]);
});

it('other warnings are reported each time', () => {
  const rule = (sid: number) => `alert tcp any any -> any any (priority:1; priority:2; sid:${sid};)\n`;
  expect(warningsOf(rule(1) + rule(2))).toHaveLength(2);
});

it('errors in reputation files are reported before the first packet', () => {
  writeFileSync(join(folder, 'rep.list'), '10.0.0.1,1,30\n10.0.0.2,1,200\n# a comment\nno address\n');
  const tree = { 'default-reputation-path': folder, 'reputation-files': ['rep.list', 'none.list'] };
  expect(warningsOf(RULE, tree).map(text => text.replaceAll(`${folder}/`, ''))).toEqual([
    'reputation: rep.list line 2 is invalid: 10.0.0.2,1,200',
    'reputation: rep.list line 4 is invalid: no address',
    expect.stringContaining('reputation: none.list cannot be read: ENOENT'),
  ]);
});

it('reputation networks with an empty prefix length are reported, and the following ones are read', () => {
  const wrong = [
    '10.0.0.0/',
    '10.0.0.0/ ',
    '10.0.0.0/8.5',
    '10.0.0.0/0x8',
    '10.0.0.0/33',
    '2001:db8::/129',
    '::/-1',
  ];
  writeFileSync(
    join(folder, 'networks.list'),
    [...wrong, '10.0.0.0/8', '0.0.0.0/0', '::/0'].map(each => `${each},1,30\n`).join(''),
  );
  const tree = { 'default-reputation-path': folder, 'reputation-files': ['networks.list'] };
  expect(warningsOf(RULE, tree)).toEqual(
    wrong.map((each, i) => expect.stringContaining(`line ${i + 1} is invalid: ${each},1,30`)),
  );
});
