import { expect, it } from 'vitest';
import { TextList } from '../../engine/application/text-list.js';

it('a list of texts gives each text by its number', () => {
  const list = new TextList();
  const texts = ['a', '', 'longer', '', ...Array.from({ length: 100 }, (_, i) => `text ${i}`)];
  const [first] = [list.at(0)];
  for (const text of texts) list.add(Buffer.from(text));
  expect(first).toBeUndefined();
  expect(list.length).toBe(texts.length);
  expect(texts.map((_, i) => Buffer.from(list.at(i)!).toString())).toEqual(texts);
  expect([list.at(texts.length), list.at(-1)]).toEqual([undefined, undefined]);
});
