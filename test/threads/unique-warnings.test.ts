import { expect, it } from 'vitest';
import { MAX_WARNINGS, UniqueWarnings } from '../../engine/manager/unique-warnings.js';

it('a warning is reported once, and varying texts are remembered in bounded number', () => {
  const messages: string[] = [];
  const once = new UniqueWarnings({
    warning: text => messages.push(text),
    debug: text => messages.push(`debug ${text}`),
  });
  for (let i = 0; i < MAX_WARNINGS - 1; i++) once.warn(`file ${i}`);
  once.warn('file 0');
  expect(messages.length).toBe(MAX_WARNINGS - 1);
  for (const text of ['last', 'more', 'file 0', 'more']) once.warn(text);
  expect(messages.slice(MAX_WARNINGS - 1)).toEqual([
    'last',
    `${MAX_WARNINGS} different warnings were logged: further ones are logged at level debug`,
    'debug more',
    'debug more',
  ]);
});
