import { describe, expect, test } from 'vitest';
import { supportedKeywords } from '../../signatures/keywords.js';
import { keywordPage, listKeywords } from '../../signatures/list-keywords.js';
import { SAMPLE_PROTOCOL } from './rules.js';

const PROTOCOLS = [SAMPLE_PROTOCOL];

describe('every keyword', () => {
  test.each(supportedKeywords(PROTOCOLS).map(keyword => [keyword.name, keyword] as const))(
    '%s has a summary, a family and a grammar',
    (_, keyword) => {
      expect(keyword.summary).toMatch(/\S/);
      expect(keyword.family).toMatch(/\S/);
      expect(keyword.grammar === '').toBe(keyword.features?.includes('no option') ?? false);
    },
  );

  test('all names are unique', () => {
    const names = supportedKeywords(PROTOCOLS).flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });
});

describe('lists of keywords', () => {
  test('have the names', () =>
    expect(listKeywords('', PROTOCOLS)).toMatch(/^=====Supported keywords=====\n(- \S+\n)*- content\n/));
  test('omit unsupported keywords', () => expect(listKeywords('', PROTOCOLS)).not.toContain('- smb.share\n'));
  test('have five columns as CSV', () => {
    for (const line of listKeywords('csv', PROTOCOLS).split('\n')) expect(line.split(';')).toHaveLength(5);
  });
  test('can be limited to one keyword, also by its alias', () => {
    expect(listKeywords('flags', PROTOCOLS)).toMatch(/^= tcp\.flags =\nDescription: /);
    expect(listKeywords('sample.uri', PROTOCOLS)).toContain('Features: no option, sticky buffer');
  });
  test('report an unknown name', () =>
    expect(() => listKeywords('contnt', PROTOCOLS)).toThrow('did you mean content?'));
  test('as a documentation page contain all keywords', () => {
    const page = keywordPage(PROTOCOLS);
    for (const { name } of supportedKeywords(PROTOCOLS)) expect(page).toContain(`### ${name}\n`);
  });
});
