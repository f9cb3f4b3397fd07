/** Properties of both implementations of regular expressions. */
import { describe, expect, it } from 'vitest';
import { openExpressions } from '../../engine/expression/open.js';
import { type ExpressionKind, LIMIT_REACHED, UNSET } from '../../engine/expression.js';
import { native } from '../../engine/native.js';

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');

/** The text of the match and of its groups; undefined without a match. */
function search(kind: ExpressionKind, pattern: string, options: string, text: string, start = 0) {
  const expressions = openExpressions(kind);
  const number = expressions.compile({ pattern, options });
  const groups = new Uint32Array(40);
  const bytes = latin1(`....${text}....`);
  const pairs = expressions.match(number, bytes, 4, 4 + start, 4 + text.length, groups);
  expressions.release(number);
  if (pairs <= 0) return undefined;
  return Array.from({ length: pairs }, (_, i) => {
    const [from, to] = [groups[2 * i]!, groups[2 * i + 1]!];
    return from === UNSET ? undefined : Buffer.from(bytes.subarray(from, to)).toString('latin1');
  });
}

/** Pattern, options, text, and expected result: the match and its groups. */
const table: [string, string, string, (string | undefined)[] | undefined][] = [
  ['b+', '', 'abbbc', ['bbb']],
  ['b+', 'G', 'abbbc', ['b']],
  ['b+?', 'G', 'abbbc', ['bbb']],
  ['B+', '', 'abbbc', undefined],
  ['B+', 'i', 'abbbc', ['bbb']],
  ['(?i)B+', '', 'abbbc', ['bbb']],
  ['b', 'A', 'ab', undefined],
  ['a.c', '', 'a\nc a\rc', ['a\rc']],
  ['a.c', 's', 'a\nc', ['a\nc']],
  ['^b', '', 'a\nb', undefined],
  ['^b', 'm', 'a\nb', ['b']],
  ['^b', 'm', 'a\rb', undefined],
  ['a$', '', 'a\n', ['a']],
  ['a$', 'E', 'a\n', undefined],
  ['a$', '', 'a\nb', undefined],
  ['a$', 'm', 'a\nb', ['a']],
  ['\\Aa\\z', '', 'a\n', undefined],
  ['\\Aa\\Z', '', 'a\n', ['a']],
  [' a b # all\n c', 'x', 'abc', ['abc']],
  ['(a)(x)?(c)', '', 'ac', ['ac', 'a', undefined, 'c']],
  ['(a)(c)(x)?', '', 'ac', ['ac', 'a', 'c']],
  ['(?<one>a)(?P<two>b)(?P=one)', '', 'aba', ['aba', 'a', 'b']],
  ['(a|b)\\1', '', 'abb', ['bb', 'b']],
  ['(a|b)\\g{1}1', '', 'abb1', ['bb1', 'b']],
  ['\\x00\\x{ff}\\xfe', '', '\x00\xff\xfe', ['\x00\xff\xfe']],
  ['\\101\\012', '', 'A\n', ['A\n']],
  ['[]a]+[^]b]', '', ']a]c', [']a]c']],
  ['[\\x00-\\x1f\\]-]+', '', 'a\x01]-', ['\x01]-']],
  ['[[:alpha:][:digit:]]+', '', '.a1.', ['a1']],
  ['[^\\s\\d]+', '', ' 1x\xa0', ['x\xa0']],
  ['\\S+\\s\\W\\h\\R', '', 'ab\x0b!\t\r\n', ['ab\x0b!\t\r\n']],
  ['\\Qa.b(\\E+', '', 'aXb( a.b((', ['a.b((']],
  ['a{2}b{,2}c', '', 'aabbbc aabbc', ['aabbc']],
  ['^a{ 1 , 2 }b{\t3}c{2, }$', '', 'aabbbcccc', ['aabbbcccc']],
  ['a{,}{x}[{,2}]\\Q{,3}\\E\\{,4}', '', 'a{,}{x}2{,3}{,4}', ['a{,}{x}2{,3}{,4}']],
  ['a/b"c', '', 'a/b"c', ['a/b"c']],
  ['(?#comment)a(?=b)(?!bb)', '', 'abbab', ['a']],
  [
    '(?:GET|POST)\\s+\\/[^\\r\\n]*?\\.php\\?id=(\\d{1,5})',
    'i',
    'get /x.php?id=42 ',
    ['get /x.php?id=42', '42'],
  ],
];

const kinds: ExpressionKind[] = native() ? ['regexp', 'pcre2'] : ['regexp'];

describe.each(kinds)('%s', kind => {
  it.each(table)('%j %s in %j', (pattern, options, text, expected) => {
    expect(search(kind, pattern, options, text)).toEqual(expected);
  });

  it('begins at the start offset, and looks behind it', () => {
    expect(search(kind, 'a', '', 'aXbYa', 1)).toEqual(['a']);
    expect(search(kind, '(?<=X)b', '', 'aXbYa', 2)).toEqual(['b']);
    expect(search(kind, '^b', '', 'aXbYa', 2)).toEqual(undefined);
    expect(search(kind, '(?<=\\.)a', '', 'a', 0)).toEqual(undefined);
    expect(search(kind, 'b(?=.)', '', 'b', 0)).toEqual(undefined);
  });

  it('writes as many groups as fit', () => {
    const expressions = openExpressions(kind);
    const number = expressions.compile({ pattern: '(a)(b)(c)', options: '' });
    const groups = new Uint32Array(5).fill(7);
    expect(expressions.match(number, latin1('xabc'), 0, 0, 4, groups)).toBe(2);
    expect([...groups]).toEqual([1, 4, 1, 2, 7]);
    expect(expressions.match(number, latin1('xabc'), 0, 0, 4, new Uint32Array(0))).toBe(1);
  });

  it('gives its groups and their names', () => {
    const expressions = openExpressions(kind);
    const number = expressions.compile({ pattern: '(?<all>(a)(?P<end>b))', options: '' });
    expect(expressions.groups(number)).toEqual({ count: 3, names: { all: 1, end: 3 } });
  });

  it('can be exported to and used by another owner', () => {
    const [one, other] = [openExpressions(kind), openExpressions(kind)];
    const number = one.compile({ pattern: 'b', options: 'i' });
    const imported = other.importExpression(structuredClone(one.exportExpression(number)));
    expect(other.match(imported, latin1('aB'), 0, 0, 2, new Uint32Array(2))).toBe(1);
    other.release(imported);
    expect(one.match(number, latin1('aB'), 0, 0, 2, new Uint32Array(2))).toBe(1);
  });

  it('rejects invalid arguments with an error', () => {
    const expressions = openExpressions(kind);
    const compile =
      (pattern: string, options = '') =>
      () =>
        expressions.compile({ pattern, options });
    for (const pattern of ['(', ')', '[a', '*', '\\', '(?<a', 'a{2,1}'])
      expect(compile(pattern), pattern).toThrow();
    expect(compile('a', 'q')).toThrow(/unknown option.*q/);
    expect(compile('\u20ac')).toThrow(/larger than one byte/);
    const number = expressions.compile({ pattern: 'a', options: '' });
    expect(() => expressions.match(number, latin1('a'), 0, 0, 2, new Uint32Array(2))).toThrow(/order/);
    expect(() => expressions.match(number, latin1('ab'), 1, 0, 2, new Uint32Array(2))).toThrow(/order/);
    expressions.release(number);
    expect(() => expressions.release(number)).toThrow(/no expression/);
    expect(() => expressions.match(number, latin1('a'), 0, 0, 1, new Uint32Array(2))).toThrow(
      /no expression/,
    );
  });
});

it('a pattern without an equivalent in JavaScript is rejected with a message', () => {
  const expressions = openExpressions('regexp');
  for (const pattern of [
    'a++',
    '(?>a)',
    'a(?i)b',
    '(?1)',
    '\\Ka',
    '\\p{L}',
    '(*ACCEPT)',
    '[[:^alpha:]]',
    '[[:valueOf:]]',
  ]) {
    expect(() => expressions.compile({ pattern, options: '' }), pattern).toThrow(
      /at offset \d+ needs the native addon/,
    );
  }
});

describe.runIf(native())('limits of PCRE2', () => {
  it('stop a search that takes too long', () => {
    const expressions = openExpressions('pcre2');
    const number = expressions.compile({
      pattern: '(a+)+$',
      options: '',
      matchLimit: 1000,
      recursionLimit: 1000,
    });
    const text = latin1('a'.repeat(40) + 'b');
    expect(expressions.match(number, text, 0, 0, text.length, new Uint32Array(4))).toBe(LIMIT_REACHED);
  });

  it('match UTF-8, and tolerate invalid UTF-8', () => {
    const expressions = openExpressions('pcre2');
    const number = expressions.compile({ pattern: '\u20ac.', options: 'u' });
    const bytes = Buffer.concat([latin1('\xff\xe2'), Buffer.from('\u20ac\u00fc'), latin1('\xff')]);
    const groups = new Uint32Array(2);
    expect(expressions.match(number, bytes, 0, 0, bytes.length, groups)).toBe(1);
    expect([...groups]).toEqual([2, 7]);
  });
});
