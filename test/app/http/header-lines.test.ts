import { expect, it } from 'vitest';
import { fromLatin1, latin1 } from '../../../engine/latin1.js';
import { headerLines, headerNames, messageHead } from '../../../modules/app/http/header-lines.js';

const field = (name: string, value: string) => ({ name: fromLatin1(name), value: fromLatin1(value) });
const text = (bytes: Uint8Array | undefined) => bytes && latin1(bytes);
// Short and long parts are written in two ways.
const FIELDS = [field('Host', 'a.example'), field('X', ''), field('Cookie', 'c'.repeat(200))];

it('fields are written as lines', () => {
  expect(text(headerLines(FIELDS))).toBe(`Host: a.example\r\nX: \r\nCookie: ${'c'.repeat(200)}\r\n`);
  expect(headerLines([])).toBe(undefined);
});

it('names are written between empty lines', () => {
  expect(text(headerNames(FIELDS))).toBe('\r\nHost\r\nX\r\nCookie\r\n\r\n');
  expect(headerNames([])).toBe(undefined);
});

it('a whole head is written, also one without fields', () => {
  expect(text(messageHead(fromLatin1('GET / HTTP/1.1'), FIELDS.slice(0, 2)))).toBe(
    'GET / HTTP/1.1\r\nHost: a.example\r\nX: \r\n\r\n',
  );
  expect(text(messageHead(fromLatin1('HTTP/1.0 200'), []))).toBe('HTTP/1.0 200\r\n\r\n');
});
