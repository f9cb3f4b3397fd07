import { expect, it } from 'vitest';
import { shortened } from '../../engine/record/shortened.js';

it.each([
  ['long texts', { a: 1, query: 'x'.repeat(200_000) }],
  ['many texts', { a: 1, list: Array.from({ length: 50_000 }, () => ({ name: 'x'.repeat(20) })) }],
  ['texts of many bytes', { a: 1, query: '\u20ac'.repeat(30_000) }],
])('truncates %s until a record fits', (_, record) => {
  const line = shortened(JSON.stringify(record).slice(1, -1), 10_000);
  expect(Buffer.byteLength(line)).toBeLessThanOrEqual(10_000);
  expect(JSON.parse(`{${line}}`)).toMatchObject({ a: 1 });
  expect(line.length).toBeGreaterThan(1000);
});

it('gives no record if nothing can be truncated', () => {
  const record = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`member${i}`, i]));
  expect(shortened(JSON.stringify(record).slice(1, -1), 1000)).toBe('');
});
