import { expect, it } from 'vitest';
import { PROBING_OPTIONS } from '../../engine/application/probing.js';
import { bracketed } from '../../engine/config/bracketed.js';
import { networks } from '../../engine/config/networks.js';

it.each<[string, string[] | undefined]>([
  ['', []],
  ['53', ['53']],
  [' 53, 5353 ', ['53', '5353']],
  ['[53, [80:90, 443]]', ['53', '80:90', '443']],
  ['[53, 5353', undefined],
  ['53]', undefined],
  [']53[', undefined],
])('%j', (text, items) => {
  expect(bracketed(text)).toEqual(items);
});

it('ports and networks of options need both brackets', () => {
  const { parse } = PROBING_OPTIONS[0]!.type;
  expect([parse('[502, 503]'), parse([502, '503']), parse('502:504')]).toEqual([
    [502, 503],
    [502, 503],
    [502, 503, 504],
  ]);
  expect([parse('[502, 503'), parse(['502', '503]']), parse('5 3')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(networks.parse('[10.0.0.0/8, ::1]')).toEqual(['10.0.0.0/8', '::1']);
  expect([networks.parse('[10.0.0.0/8'), networks.parse({})]).toEqual([undefined, undefined]);
});
