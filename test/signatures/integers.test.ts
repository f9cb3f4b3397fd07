import { describe, expect, test } from 'vitest';
import { compileInteger, parseInteger } from '../../signatures/keywords/integers.js';
import { compileMultiInteger, parseMultiInteger } from '../../signatures/keywords/multi-integers.js';

const at = { file: '', line: 1, column: 1 };
const syntax = { bits: 32, names: { one: 1, 'two-b': 2 } } as const;

describe('integers', () => {
  test.each<[string, readonly number[], readonly number[]]>([
    ['5', [5], [4, 6]],
    ['=5', [5], [4]],
    ['!5', [4], [5]],
    ['!=5', [4], [5]],
    ['<5', [4], [5]],
    ['<= 5', [5], [6]],
    ['>5', [6], [5]],
    ['>=5', [5], [4]],
    ['2-5', [3, 4], [2, 5]],
    ['2<>5', [3, 4], [2, 5]],
    ['!2-5', [2, 5], [3, 4]],
    ['0x10', [16], [10]],
    ['1kib', [1024], [1000]],
    ['2MB', [2 ** 21], []],
    ['one', [1], [0]],
    ['!ONE', [0], [1]],
    ['two-b', [2], [1]],
    ['&0x0f=0x01', [0x21], [0x22]],
    ['&0x80!=0', [0xff], [0x7f]],
    ['&0x80!=1', [0xff], []],
    ['&0x80000000=0x80000000', [0xffffffff], [1]],
  ])('%s', (text, yes, no) => {
    const holds = compileInteger(parseInteger(text, 'n', syntax, at));
    for (const value of yes) expect(holds(value), String(value)).toBe(true);
    for (const value of no) expect(holds(value), String(value)).toBe(false);
  });

  test.each([
    '',
    'x',
    '5-',
    '-5',
    '5-6',
    '9-2',
    '<0',
    '>4294967295',
    '4294967296',
    '1 2',
    '5kk',
    '&1',
    '&x=1',
    '&0xc0=2',
    '&0=1',
    '3<>',
    '<>3',
  ])('%j is rejected', text => expect(() => parseInteger(text, 'n', syntax, at)).toThrow(/invalid n/));
});

describe('several integers', () => {
  test.each<[string, readonly (readonly number[])[], readonly (readonly number[])[]]>([
    ['5', [[1, 5]], [[], [1]]],
    ['5,any', [[1, 5]], [[1]]],
    ['5,all', [[], [5, 5]], [[1, 5]]],
    ['5,all1', [[5, 5]], [[], [1, 5]]],
    ['5,0', [[5, 1]], [[1, 5], []]],
    ['5,-1', [[1, 5]], [[5, 1]]],
    ['5,oob_or 1', [[1, 5], [1]], [[5, 1]]],
    ['5,nb>1', [[5, 5]], [[5]]],
  ])('%s', (text, yes, no) => {
    const holds = compileMultiInteger(parseMultiInteger(text, 'n', syntax, at));
    for (const values of yes) expect(holds(values), String(values)).toBe(true);
    for (const values of no) expect(holds(values), String(values)).toBe(false);
  });
});
