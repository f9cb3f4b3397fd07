import { expect, it } from 'vitest';
import { fromLatin1 } from '../../../engine/latin1.js';
import { Headers } from '../../../modules/app/http/headers.js';

it('names that differ only beyond a simple sum have different hashes', () => {
  const headers = new Headers({ fields: 1024, bytes: 1 << 20 }, problem => expect(problem).toBe(''));
  for (let i = 0; i < 1024; i++) {
    // "a~" and "b_" have the same sum with factor 31.
    const name = Array.from({ length: 10 }, (_, bit) => ((i >> bit) & 1 ? 'a~' : 'b_')).join('');
    headers.addLine(fromLatin1(`${name}: ${i}\r\n`), false);
  }
  headers.flush();
  expect(headers.fields.length).toBe(1024);
  expect(new Set(headers.fields.map(({ hash }) => hash)).size).toBeGreaterThan(1020);
  expect(headers.text('a~a~a~a~a~a~a~a~a~a~')).toBe('1023');
});
