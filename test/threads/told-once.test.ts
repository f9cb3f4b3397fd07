import { expect, it } from 'vitest';
import { MOST_TOLD, ToldOnce } from '../../engine/manager/told-once.js';

it('a warning is told once, and what differs each time is not remembered without an end', () => {
  const told: string[] = [];
  const once = new ToldOnce({ warning: text => told.push(text), debug: text => told.push(`debug ${text}`) });
  for (let i = 0; i < MOST_TOLD - 1; i++) once.warn(`file ${i}`);
  once.warn('file 0');
  expect(told.length).toBe(MOST_TOLD - 1);
  for (const text of ['last', 'more', 'file 0', 'more']) once.warn(text);
  expect(told.slice(MOST_TOLD - 1)).toEqual([
    'last',
    `${MOST_TOLD} different warnings were logged: further ones are logged at level debug`,
    'debug more',
    'debug more',
  ]);
});
