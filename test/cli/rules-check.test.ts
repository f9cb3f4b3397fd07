import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findingsAsJson, findingsAsText } from '../../engine/cli/rules/check.js';
import { Config } from '../../engine/config/config.js';
import { loadRules } from '../../signatures/load-rules.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-check-'));

function check(text: string) {
  const file = join(folder, 'my.rules');
  writeFileSync(file, text);
  return { file, rules: loadRules({ config: new Config({}), exclusive: [file] }) };
}

describe('rules check', () => {
  test('points at the position of the error', () => {
    const { file, rules } = check('# mine\nalert tcp any any -> any any (content:"a"; dpeth:5; sid:1;)\n');
    expect(findingsAsText(rules)).toBe(
      [
        `${file}:2:44: error: unknown rule keyword 'dpeth'.`,
        '2 | alert tcp any any -> any any (content:"a"; dpeth:5; sid:1;)',
        '  |                                            ^',
        '  = help: depth',
        `${file}: warning: 1 rule files specified, but no rules were loaded!`,
        '0 rules loaded, 1 errors, 1 warnings, 0 skipped for this version, 0 not supported',
        '',
      ].join('\n'),
    );
  });

  test('truncates long lines around the position of the error', () => {
    const { rules } = check(
      `alert tcp any any -> any any (msg:"${'x'.repeat(300)}"; nonsense; ${'nocase; '.repeat(30)} sid:1;)`,
    );
    const [, line, caret] = findingsAsText(rules).split('\n');
    expect(line!.length).toBeLessThan(120);
    expect(line!.slice(caret!.indexOf('^')).startsWith('nonsense')).toBe(true);
  });

  test('quotes the rule as it is written', () => {
    const { rules } = check(
      'alert tcp any any -> any any (msg:“a”; sid:1;)\nalert tcp é any -> any any (sid:2;)\n',
    );
    const text = findingsAsText(rules);
    expect(text).toContain('"“a”"');
    expect(text).toContain('"é" is not an address');
  });

  test('suggests how to correct misplaced quotes of a value', () => {
    const { rules } = check(
      'alert tcp any any -> any any (content:"a" nocase; sid:1;)\nalert tcp any any -> any any (content:"a;b"; sid:2;)\n',
    );
    const text = findingsAsText(rules);
    expect(text).toContain('= help: content:"a";');
    expect(text).toContain('write a ; inside them as \\;');
  });

  test('prints JSON', () => {
    const { file, rules } = check(
      'alert tcp any any -> any any (content:"a"; depth:x; sid:1;)\nalert smb any any -> any any (sid:2;)\n',
    );
    const found = JSON.parse(findingsAsJson(rules));
    expect(found.problems[0]).toMatchObject({
      file,
      line: 1,
      column: 50,
      severity: 'error',
      keyword: 'depth',
    });
    expect(found.unsupported).toEqual({ 'protocol smb is not supported yet': 1 });
    expect(found.counts).toMatchObject({ loaded: 0, errors: 1, skipped: 0, unsupported: 1 });
  });
});
