import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadProtocols } from '../../engine/application/load-protocols.js';
import { Config } from '../../engine/config/config.js';
import { parseClassifications } from '../../signatures/classification.js';
import { loadRules } from '../../signatures/load-rules.js';
import { parseReferences, referenceAddress } from '../../signatures/reference-config.js';
import type { LoadOptions } from '../../signatures/rule-loader.js';
import { unsupportedByReason } from '../../signatures/rule-set.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-rules-'));
const rule = (sid: number, options = '') => `alert tcp any any -> any any (${options} sid:${sid};)\n`;

function file(name: string, text: string): string {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

file('a.rules', rule(1));
file('b.rules', rule(2));
file('deep/c.rules', rule(3));
file('.hidden.rules', rule(4));
const other = file('other.txt', rule(5));
file('empty.rules', '\n# nothing\n');

function sids(tree: Record<string, unknown>, commandLine: Partial<LoadOptions> = {}): number[] {
  const config = new Config({ 'default-rule-path': folder, ...tree });
  return loadRules({ config, ...commandLine }).signatures.map(signature => signature.sid);
}

describe('the rule files that are read', () => {
  test.each<[string, Record<string, unknown>, Partial<LoadOptions>, number[]]>([
    ['one of the configuration', { 'rule-files': ['b.rules'] }, {}, [2]],
    ['in the order of the configuration', { 'rule-files': ['b.rules', 'a.rules'] }, {}, [2, 1]],
    ['an absolute path', { 'rule-files': [other] }, {}, [5]],
    ['a pattern', { 'rule-files': ['*.rules'] }, {}, [1, 2]],
    ['a pattern with a set of letters', { 'rule-files': ['[!a].rules'] }, {}, [2]],
    ['a pattern of folders', { 'rule-files': ['d*/?.rules'] }, {}, [3]],
    ['-s in addition to the configuration', { 'rule-files': ['a.rules'] }, { additional: [other] }, [1, 5]],
    ['-S instead of the configuration', { 'rule-files': ['a.rules'] }, { exclusive: [other] }, [5]],
    [
      '-S instead of -s',
      { 'rule-files': ['a.rules'] },
      { exclusive: [other], additional: [join(folder, 'b.rules')] },
      [5],
    ],
    ['-S with a pattern', {}, { exclusive: [join(folder, '*.rules')] }, [1, 2]],
    ['none', {}, {}, []],
  ])('%s', (_, tree, commandLine, expected) => expect(sids(tree, commandLine)).toEqual(expected));

  test('a file that does not exist is reported, and so is that no rule was loaded', () => {
    const { warnings, files } = loadRules({
      config: new Config({}),
      exclusive: [join(folder, 'none.rules')],
    });
    expect(files).toEqual([]);
    expect(warnings.map(warning => warning.message)).toEqual([
      `No rule files match the pattern ${join(folder, 'none.rules')}`,
      '1 rule files specified, but no rules were loaded!',
    ]);
  });

  test('a folder is not a rule file', () => {
    expect(loadRules({ config: new Config({}), exclusive: [folder] }).errors).toHaveLength(1);
  });
});

describe('classification and reference files', () => {
  test('classifications are read', () => {
    const { classifications, problems } = parseClassifications(
      '# c\nconfig classification: My-Type, What it is,  2\nconfig clasification: x,y,1\n',
    );
    expect([...classifications.values()]).toEqual([
      { name: 'my-type', description: 'What it is', priority: 2 },
    ]);
    expect(problems).toMatchObject([{ line: 3 }]);
  });

  test('a file of the configuration replaces the built-in one', () => {
    const classification = file('classification.config', 'config classification: mine,Mine,7\nnonsense\n');
    const reference = file('reference.config', 'config reference: Wiki https://wiki.example/\nnonsense\n');
    const rules = file('d.rules', rule(6, 'classtype:mine; reference:wiki,page; reference:cve,1;'));
    const config = new Config({ 'classification-file': classification, 'reference-config-file': reference });
    const { signatures, errors, warnings, referenceSystems } = loadRules({ config, exclusive: [rules] });
    expect(signatures[0]).toMatchObject({ classtype: 'mine', category: 'Mine', priority: 7 });
    expect(referenceAddress('wiki,page', referenceSystems)).toBe('https://wiki.example/page');
    expect(errors.map(error => error.message)).toEqual([
      'Invalid Classtype in classification.config: "nonsense"',
      'Invalid Reference Config in reference.config file: "nonsense"',
    ]);
    expect(warnings.map(warning => warning.message)).toEqual(['unknown reference key "cve"']);
  });

  test('a file that does not exist leaves the built-in one in use', () => {
    const config = new Config({ 'classification-file': '/nowhere/classification.config' });
    const { signatures, warnings } = loadRules({
      config,
      exclusive: [file('e.rules', rule(7, 'classtype:policy-violation;'))],
    });
    expect(signatures[0]!.priority).toBe(1);
    expect(warnings).toHaveLength(1);
  });

  test.each([
    ['cve,2014-0160', 'https://cve.mitre.org/cgi-bin/cvename.cgi?name=2014-0160'],
    ['url,github.com/a', 'https://github.com/a'],
    ['url,foobar://github.com/a', 'foobar://github.com/a'],
  ])('%s refers to %s', (reference, address) => {
    expect(
      referenceAddress(
        reference,
        Object.fromEntries(
          parseReferences(
            'config reference: url https://\nconfig reference: cve https://cve.mitre.org/cgi-bin/cvename.cgi?name=',
          ).references,
        ),
      ),
    ).toBe(address);
  });
});

// Real rules are not part of the project.
describe.skipIf(!sharedRules())('real rules', () => {
  test('are all valid; unsupported ones are counted by reason', async () => {
    const { signatures, errors, unsupported, ...rest } = loadRules({
      config: new Config({}),
      protocols: await loadProtocols(),
      exclusive: ['../shared/rules/et-open.rules'],
    });
    expect(errors).toEqual([]);
    expect(signatures.length + unsupported.length).toBe(36_439);
    const counted = unsupportedByReason({ ...rest, unsupported }).reduce((sum, [, count]) => sum + count, 0);
    expect(counted).toBe(unsupported.length);
  });
});

function sharedRules(): boolean {
  return loadRules({ config: new Config({}), exclusive: ['../shared/rules/small.rules'] }).files.length > 0;
}
