/** Flash files in responses: what signatures inspect. */
import { deflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import http from '../../../modules/app/http.js';
import { Feed } from '../../application/feed.js';
import { buffer, libhtp } from './exchange.js';

const TEXT = 'to be or not to be, that is to be asked, to be sure';
/** `TEXT` compressed by lzma(1): properties, no length, data. */
const LZMA = Buffer.from(
  'XQAAgAD//////////wA6G8AFIeUKTYySi17DZkDXHbxvya0cxp63aGmkKmvosaFqGW+nsBSq+Sr98dTuAA==',
  'base64',
);

/** Signature, version, and uncompressed length of a file. */
function header(signature: string, length: number): Buffer {
  const bytes = Buffer.from(`${signature}\x0d----`, 'latin1');
  bytes.writeUInt32LE(8 + length, 4);
  return bytes;
}

const deflated = (content: string, size = content.length) =>
  Buffer.concat([header('CWS', size), deflateSync(content)]);
const lzma = Buffer.concat([
  header('ZWS', TEXT.length),
  Buffer.from([LZMA.length - 13, 0, 0, 0]),
  LZMA.subarray(0, 5),
  LZMA.subarray(13),
]);
const plain = (content: string) => `${header('FWS', content.length).toString('latin1')}${content}`;

/** `file.data` of a response whose body arrives in pieces. */
function inspected(body: Uint8Array, settings: object = {}, step = body.length): string | undefined {
  const config = libhtp({ 'swf-decompression': { enabled: 'yes', ...settings } });
  const feed = new Feed([http], { config })
    .client('GET /x.swf HTTP/1.1\r\nHost: a\r\n\r\n')
    .server(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`)
    .pieces(false, body, () => step);
  return buffer(feed.close(false).close(true).end(), false, 'file.data');
}

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

it.each([
  ['deflate', deflated(TEXT)],
  ['LZMA', lzma],
])('Flash files are inspected decompressed: %s', (_, file) => {
  for (const step of [file.length, 10, 1]) expect(inspected(file, {}, step)).toBe(plain(TEXT));
});

it.each<[string, Buffer, object]>([
  ['the option is off', deflated(TEXT), { enabled: 'no' }],
  ['this compression is not enabled', deflated(TEXT), { type: 'lzma' }],
  ['this compression is not enabled', lzma, { type: 'deflate' }],
  ['it is not compressed', Buffer.from(plain(TEXT), 'latin1'), {}],
  ['it is not a Flash file', Buffer.from('CWX and more'), {}],
  ['it is truncated', Buffer.from('CW'), {}],
  ['it is damaged', Buffer.from('CWS------------------------'), {}],
  ['it is damaged', Buffer.from(`ZWS${'\xff'.repeat(40)}`, 'latin1'), {}],
])('Flash files are inspected unchanged if %s', (_, file, settings) => {
  for (const step of [file.length, 1]) expect(inspected(file, settings, step)).toBe(latin1(file));
});

it('Flash files are decompressed up to the limits', () => {
  const long = TEXT.repeat(5000);
  const file = deflated(long);
  expect(inspected(file, { 'decompress-depth': 1000 })).toBe(plain(long).slice(0, 1008));
  expect(inspected(file)).toBe(plain(long).slice(0, 8 + (100 << 10)));
  expect(inspected(file, { 'decompress-depth': 0 })).toBe(plain(long));
  expect(inspected(lzma, { 'decompress-depth': 5 })?.slice(8)).toBe('to be');
  // No more than the length in the file's header.
  expect(inspected(deflated(TEXT, 9))?.slice(8)).toBe(TEXT.slice(0, 9));
  const cut = inspected(file, { 'compress-depth': 300 })!;
  expect(cut.length).toBeGreaterThan(1000);
  expect(plain(long).startsWith(cut)).toBe(true);
  expect(cut.length).toBeLessThan(long.length);
});

it('compressed Flash files are logged with their original size', () => {
  const file = deflated(TEXT);
  const config = { ...libhtp({ 'swf-decompression': { enabled: 'yes' } }) };
  const feed = new Feed([http], { config })
    .client('GET /x.swf HTTP/1.1\r\nHost: a\r\n\r\n')
    .server(Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${file.length}\r\n\r\n`), file]));
  feed.close(false).close(true).end();
  expect(feed.files.map(({ file: { size } }) => size)).toEqual([file.length]);
});
