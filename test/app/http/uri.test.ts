import { describe, expect, it } from 'vitest';
import { Config } from '../../../engine/config/config.js';
import { httpSettings } from '../../../modules/app/http/settings.js';
import { normalizeUri, parseHost, parseUri } from '../../../modules/app/http/uri.js';
import { libhtp } from './exchange.js';

function normal(uri: string, settings: Record<string, unknown> = {}): string {
  const { defaults } = httpSettings(new Config(libhtp(settings)), {});
  const { bytes } = normalizeUri(parseUri(Buffer.from(uri, 'latin1'), false), defaults);
  return Buffer.from(bytes).toString('latin1');
}

describe('normalised URI', () => {
  it.each([
    ['/', '/'],
    ['/a/b.html?c=d#e', '/a/b.html?c=d#e'],
    ['/a/./b/../c', '/a/c'],
    ['/../../etc/passwd', '/etc/passwd'],
    ['/a/..', '/'],
    ['/a/.', '/a/'],
    ['/a//b///c', '/a/b/c'],
    ['/a\\b', '/a/b'],
    ['/%61%2e%2E%2fb', '/a../b'],
    ['/x/%2e%2e/b', '/b'],
    ['/%u0041%u002e', '/A.'],
    ['/%zz%4', '/%zz%4'],
    ['/a?b=%41%20c', '/a?b=A c'],
    ['/a?b=c+d', '/a?b=c+d'],
    ['/a?x=/../y//z', '/a?x=/../y//z'],
    ['http://user@host:80/a?b', '/a?b'],
    ['/a.b/...c/..d', '/a.b/...c/..d'],
    ['*', '*'],
    ['..', ''],
    ['/\xc3\xa9\xc4\x80', '/\xe9A'],
  ])('%s is %s', (uri, expected) => expect(normal(uri)).toBe(expected));

  it.each([
    ['/a\\b', 'path-convert-backslash-separators', 'no', '/a\\b'],
    ['/A/b', 'path-convert-lowercase', 'yes', '/a/b'],
    ['/A//%42', 'path-convert-lowercase', 'yes', '/a/b'],
    ['/a//b', 'path-separators-compress', 'no', '/a//b'],
    ['/a%2fb', 'path-separators-decode', 'no', '/a%2fb'],
    ['/%u0041', 'path-u-encoding-decode', 'no', '/%u0041'],
    ['/a%00b', 'path-nul-encoded-terminates', 'yes', '/a'],
    ['/a\0b', 'path-nul-raw-terminates', 'yes', '/a'],
    ['/%zz', 'path-url-encoding-invalid-handling', 'remove_percent', '/zz'],
    ['/%zz%1z', 'path-url-encoding-invalid-handling', 'decode_invalid', '/\x53\x33'],
    ['/%u4e00', 'path-bestfit-replacement-char', '_', '/_'],
    ['/\xc3\xa9', 'path-utf8-convert-bestfit', 'no', '/\xc3\xa9'],
    ['/a\\b', 'path-convert-backslash-separators', 'unset', '/a/b'],
  ])('%j with %s %s is %j', (uri, name, value, expected) => {
    expect(normal(uri, { [name]: value })).toBe(expected);
  });

  it('follows the personality of the server', () => {
    expect(normal('/abc%2fdef', { personality: 'Apache_2' })).toBe('/abc%2fdef');
    expect(normal('/a\\b', { personality: 'apache' })).toBe('/a\\b');
    expect(normal('/a//b', { personality: 'minimal' })).toBe('/a//b');
  });

  it('is decoded a second time, has plus decoded, or is shown in full if configured', () => {
    expect(
      normal('/abc%252fdef?ghi%252fjkl', { 'double-decode-path': 'yes', 'double-decode-query': 'yes' }),
    ).toBe('/abc/def?ghi/jkl');
    expect(normal('/a?b+c', { 'query-plusspace-decode': 'yes' })).toBe('/a?b c');
    expect(normal('http://u:p@Host:81/a', { 'uri-include-all': 'yes' })).toBe('http://u:p@host:81/a');
  });
});

describe('host', () => {
  it.each([
    ['http://Example.COM./x', 'example.com', -1, true],
    ['http://a:8080/', 'a', 8080, true],
    ['http://[2001:db8::1]:81/', '[2001:db8::1]', 81, true],
    ['http://a b/', 'a b', -1, false],
  ])('of %s', (uri, name, port, valid) => {
    const host = parseUri(Buffer.from(uri), false).host!;
    expect([Buffer.from(host.name).toString(), host.port, host.validName]).toEqual([name, port, valid]);
  });

  it.each([
    ['1', 1],
    [' 80 ', 80],
    ['65535', 65535],
    ['0', undefined],
    ['65536', undefined],
    ['080808', undefined],
    ['8a', undefined],
    ['', undefined],
  ])('port %j', (text, port) => {
    const host = parseHost(Buffer.from(`a:${text}`));
    expect([host.port, host.validPort]).toEqual([port ?? -1, port !== undefined]);
  });
});
