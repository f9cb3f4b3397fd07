import { createHash } from 'node:crypto';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodeBase64 } from '../../signatures/keywords/base64-decoding.js';
import { TRANSFORMS } from '../../signatures/transforms.js';
import { transformed } from './inspect.js';
import { refusal } from './rules.js';

const gzip = gzipSync('This is compressed\n').toString('latin1');
const zlib = deflateSync('This is compressed\n').toString('latin1');
/** @param behind offset of the checksum from the end */
const withWrongSum = (packed: string, behind: number) =>
  `${packed.slice(0, -behind)}\0${packed.slice(1 - behind)}`;
const digest = (name: string, text: string) => createHash(name).update(text).digest().toString('latin1');

describe('transforms', () => {
  test.each([
    ['strip_whitespace', ' a b\r\n\tc ', 'abc'],
    ['compress_whitespace', 'a  b\t \tc d', 'a b\tc d'],
    ['to_lowercase', 'aBÄZ', 'abÄz'],
    ['to_uppercase', 'aBäz', 'ABäZ'],
    ['to_md5', 'abc', digest('md5', 'abc')],
    ['to_sha1', 'abc', digest('sha1', 'abc')],
    ['to_sha256', 'abc', digest('sha256', 'abc')],
    ['url_decode', 'a%20b+c%4', 'a b c%4'],
    ['url_decode', '%zz%41', '%zzA'],
    ['dotprefix', 'example.org', '.example.org'],
    ['header_lowercase', 'Host: A\r\nX-Y: B\r\n', 'host: A\r\nx-y: B\r\n'],
    ['strip_pseudo_headers', ':method\r\nhost\r\n:path\r\n', 'host\r\n'],
    ['pcrexform:"[a-z]+ (.*) HTTP"', 'get /a/b HTTP/1.1', '/a/b'],
    ['pcrexform:"x(.*)"', 'abc', 'abc'],
    ['xor:"0d0ac8ff"', 'abcde', 'lh\xab\x9bh'],
    ['from_base64', 'dGhpcw==', 'this'],
    ['from_base64:offset 6', '/?arg=dGhpcw==', 'this'],
    ['from_base64:bytes 4, offset 6', '/?arg=dGhpcw==', 'thi'],
    ['from_base64:mode rfc2045', 'dG hp\r\ncw==', 'this'],
    ['from_base64:mode rfc4648', 'dGhp cw==', 'thi'],
    ['from_base64:mode strict', 'dGhp cw==', 'dGhp cw=='],
    ['gunzip', gzip, 'This is compressed\n'],
    ['gunzip:max-size 4', gzip, 'This'],
    ['gunzip', 'no gzip', ''],
    ['gunzip', `${gzip}and more`, 'This is compressed\n'],
    ['gunzip', withWrongSum(gzip, 8), 'This is compressed\n'],
    ['zlib_deflate', zlib, 'This is compressed\n'],
    ['zlib_deflate', `${zlib}and more`, 'This is compressed\n'],
    ['zlib_deflate', withWrongSum(zlib, 4), 'This is compressed\n'],
    ['from_base64; gunzip', gzipSync('abc').toString('base64'), 'abc'],
    ['domain', 'www.suricata.io', 'suricata.io'],
    ['domain', 'a.b.bbc.co.uk', 'bbc.co.uk'],
    ['tld', 'www.suricata.io', 'io'],
    ['tld', 'news.bbc.co.uk', 'co.uk'],
    ['domain', 'www.sluice.github.io', 'sluice.github.io'],
    ['tld', 'a.b.kawasaki.jp', 'b.kawasaki.jp'],
    ['tld', 'a.city.kawasaki.jp', 'kawasaki.jp'],
    ['domain', 'printer', 'printer'],
    ['domain', 'www.suricata.io.', 'www.suricata.io.'],
    ['subslice:1', 'abc', 'bc'],
    ['subslice:-2', 'abc', 'bc'],
    ['subslice:1,1', 'abc', 'b'],
    ['subslice:0,-1', 'abc', 'ab'],
    ['subslice:1,9', 'abc', ''],
    ['subslice:1,9,truncate', 'abc', 'bc'],
  ])('%s of %j', (transforms, buffer, expected) => expect(transformed(transforms, buffer)).toBe(expected));

  test('every transform accepts an empty buffer', () => {
    for (const { name, grammar, optionalArgument } of TRANSFORMS) {
      if (grammar === '' || optionalArgument) expect(typeof transformed(name, '')).toBe('string');
    }
  });

  test('a decompression bomb stays small', () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000)).toString('latin1');
    expect(transformed('gunzip', bomb)).toHaveLength(1024);
  });

  test.each([
    'pcrexform',
    'pcrexform:"abc"',
    'pcrexform:(a)',
    'pcrexform:"(a)(b)"',
    'pcrexform:"[(a)]\\(b\\)"',
    'from_base64:offset 1, offset 2',
    'from_base64:offset 1 bytes 2',
    'xor:"0"',
    'xor:"xy"',
    'xor',
    'from_base64:mode rfc1',
    'from_base64:bytes x',
    'gunzip:max-size 0',
    'gunzip:9',
    'subslice:x',
    'to_md5:x',
    'dotprefix:1',
  ])('%s is rejected', transform => expect(refusal(`sample.uri; ${transform}; content:"a";`)).toBeDefined());
});

test('decoding base64 takes memory for what is decoded, not for what is behind it', () => {
  for (const [text, mode] of [
    [`dGhpcw==${'='.repeat(5000)}`, 'rfc2045'],
    [`dGhpcw${'%'.repeat(5000)}`, 'rfc4648'],
  ] as const) {
    const decoded = decodeBase64(Buffer.from(text), 0, text.length, mode);
    expect(Buffer.from(decoded).toString()).toBe('this');
    expect(decoded.buffer.byteLength).toBeLessThan(20);
  }
});
