import { describe, expect, test } from 'vitest';
import http from '../../modules/app/http.js';
import { holds } from './inspect.js';
import { load, onBuffer, parse, refusal, withOptions } from './rules.js';

describe('content bytes', () => {
  test.each([
    ['content:"abc";', 'abc'],
    ['content:"a|62 63|d";', 'abcd'],
    ['content:"|0D0a|";', '\r\n'],
    ['content:"|41,42|";', 'AB'],
    ['content:"a\\;b\\"c\\\\d\\:e";', 'a;b"c\\d:e'],
    ['content:"ü";', '\xc3\xbc'],
  ])('%s is parsed', (options, bytes) =>
    expect(onBuffer(options)[0]).toMatchObject({ kind: 'content', bytes }),
  );

  test.each([
    ['content:"|l0 01 01|";', 'Invalid hex code in content - |l0 01 01|, hex l. Invalidating signature.'],
    ['content:"|22 2 22|";', 'Incomplete hex code in content - |22 2 22|. Invalidating signature.'],
    ['content:"";', 'content is empty'],
    ['content:!"";', 'content is empty'],
    ['content:abc;', "invalid formatting to content keyword: value must be double quoted 'abc'"],
    ['content:"abc;', `bad option value formatting (possible missing semicolon) for keyword content: '"abc'`],
    ['content:"a"b";', 'double quote in content must be escaped - a"b'],
    ['content:"a\\nb";', "'n' cannot be escaped in content - a\\nb"],
    ['content:"a|41";', 'content has an unterminated hexadecimal part: "|" expected - a|41'],
  ])('%s is rejected', (options, message) => expect(refusal(options)).toBe(message));

  test('the position of an error is that of the invalid character', () => {
    const [error] = load(withOptions('content:!"ab|4x|";')).errors;
    expect(error!.position.column).toBe('alert tcp any any -> any any (content:!"ab|4'.length + 1);
  });
});

describe('modifiers that exclude each other', () => {
  const NEEDED =
    'needs preceding content, uricontent option, http_client_body, http_server_body, http_header option, http_raw_header option, ' +
    'http_method option, http_cookie, http_raw_uri, http_stat_msg, http_stat_code, http_user_agent, http_host, http_raw_host or ' +
    'file_data/dce_stub_data sticky buffer options.';
  const MIXED =
    "can't use a relative keyword like within/distance with a absolute relative keyword like depth/offset for the same content.";
  test.each([
    ['depth:50;', `depth ${NEEDED}`],
    ['content:"AA"; content:"BB"; depth:50; distance:5;', MIXED],
    ['content:"AA"; content:"BB"; offset:10; within:5;', MIXED],
    ['content:"AA"; content:"BB"; within:5; depth:9;', MIXED],
    ['content:"AA"; offset:20; offset:20;', "can't use multiple offsets for the same content."],
    ['content:"AA"; rawbytes; rawbytes;', "can't use multiple rawbytes modifiers for the same content"],
    ['content:"AA"; nocase; nocase;', "can't use multiple nocase modifiers with the same content"],
    [
      'content:"a"; content:!"b"; fast_pattern; offset:6;',
      "can't have a relative negated keyword set along with 'fast_pattern'.",
    ],
    [
      'content:"abc"; fast_pattern:only; offset:6;',
      "can't have a relative keyword set along with 'fast_pattern:only'.",
    ],
    [
      'content:"a"; content:!"b"; distance:1; fast_pattern;',
      "can't have a relative negated keyword set along with 'fast_pattern'.",
    ],
    ['content:" "; within:1048577;', 'invalid value for within: 1048577'],
    ['content:" "; within:-1048577;', 'invalid value for within: -1048577'],
    ['content:" "; distance:1048577;', 'invalid value for distance: 1048577'],
    ['content:" "; distance:-1048577;', 'invalid value for distance: -1048577'],
    ['content:"a"; depth:x;', 'Unknown byte_extract var seen in depth - x'],
    ['content:"a"; depth:65536;', 'invalid value for depth: 65536'],
    ['content:"abc"; within:2;', "within (2) is less than the content's length (3)"],
    ['content:"a"; startswith; depth:3;', "can't use depth with startswith for the same content"],
    ['content:"abc"; fast_pattern:1,3;', 'fast_pattern part 1,3 is outside of the content (3 bytes)'],
    [
      'content:"a"; fast_pattern; content:"b"; fast_pattern;',
      'fast_pattern can be used on only one content in a rule',
    ],
    ['content:"abc"; replace:"ab";', 'replace (2 bytes) must be as long as the content (3 bytes)'],
    ['content:!"abc"; replace:"abd";', "can't have a replace for a negated content"],
    [
      'dsize:16; content:"abcdef"; startswith; content:!"a"; distance:0; content:"789"; distance:0; content:!"c"; distance:1; within:10;',
      "signature can't match as required content length 20 exceeds dsize value 16",
    ],
    [
      'dsize:5<>10; content:"AAAA"; offset:8;',
      "signature can't match as required content length 12 exceeds dsize value 10",
    ],
    ['dsize:5; dsize:6;', "can't use 2 or more dsizes in a rule"],
    [
      'sample.uri; content:"abc"; bsize:2;',
      "signature can't match as required content length 3 exceeds bsize value 2",
    ],
    ['bsize:2;', 'bsize needs a preceding sticky buffer'],
    [
      'sample.uri; strip_whitespace; content:"a b";',
      'rule 1: content "a b" is incompatible with strip_whitespace transform',
    ],
    [
      'sample.uri; compress_whitespace; content:"a  b";',
      'rule 1: content "a  b" is incompatible with compress_whitespace transform',
    ],
    [
      'sample.uri; to_lowercase; content:"A";',
      'rule 1: content "A" is incompatible with to_lowercase transform',
    ],
    ['sample.uri; sample.body; content:"a";', 'sticky buffer sample.uri has no condition'],
    ['sample.uri;', 'sticky buffer sample.uri has no condition'],
    ['sample_uri;', 'sample_uri needs a preceding content'],
    ['content:"a"; sample_uri; sample_uri;', 'sample_uri needs a preceding content'],
    ['uricontent:"a"; sample_uri;', 'sample_uri needs a preceding content'],
    ['sample.uri; content:"a"; sample_uri;', 'sample_uri cannot be used after a sticky buffer'],
    ['to_md5; content:"a";', 'transform to_md5 must follow a sticky buffer'],
    ['base64_data; content:"a";', 'base64_data needs a preceding base64_decode'],
    [
      'base64_decode; base64_data; content:"a"; fast_pattern;',
      'fast_pattern cannot be used with base64_data',
    ],
  ])('%s is rejected', (options, message) => expect(refusal(options)).toBe(message));
});

describe('buffers', () => {
  const buffers = (options: string) =>
    parse(withOptions(options, 'alert sample any any -> any any')).buffers.map(
      ({ buffer, conditions, transforms }) => [buffer, transforms.map(each => each.kind), conditions.length],
    );

  test.each([
    ['content:"a"; content:"b";', [['payload', [], 2]]],
    [
      'sample.uri; content:"a"; pkt_data; content:"b";',
      [
        ['sample.uri', [], 1],
        ['payload', [], 1],
      ],
    ],
    [
      'content:"a"; sample_uri; content:"b"; nocase; sample_uri; content:"c";',
      [
        ['payload', [], 1],
        ['sample.uri', [], 2],
      ],
    ],
    [
      'sample.uri; content:"a"; tcp.hdr; content:"b"; sample.uri; content:"c";',
      [
        ['sample.uri', [], 2],
        ['tcp.hdr', [], 1],
      ],
    ],
    [
      'sample.names; content:"a"; sample.names; content:"b";',
      [
        ['sample.names', [], 1],
        ['sample.names', [], 1],
      ],
    ],
    ['sample_body; content:"a";', [['sample.body', [], 1]]],
    ['sample.uri; url_decode; to_md5; content:"b";', [['sample.uri', ['url_decode', 'to_md5'], 1]]],
    [
      'sample.uri; content:"a"; dotprefix; content:"b";',
      [
        ['sample.uri', [], 1],
        ['sample.uri', ['dotprefix'], 1],
      ],
    ],
    ['tcp.hdr; content:"a";', [['tcp.hdr', [], 1]]],
  ])('%s', (options, expected) => expect(buffers(options)).toEqual(expected));

  test('base64_data becomes part of base64_decode', () => {
    const { buffers: list } = parse(
      withOptions('content:"a"; base64_decode:relative; base64_data; content:"b";'),
    );
    expect(list).toHaveLength(1);
    expect(list[0]!.conditions[1]).toMatchObject({ kind: 'base64_decode', data: [{ bytes: 'b' }] });
  });

  test('modifiers apply to a content that was moved to another buffer', () => {
    expect(
      onBuffer('content:"A"; sample_uri; nocase; fast_pattern;', 'alert sample any any -> any any')[0],
    ).toMatchObject({
      nocase: true,
      fastPattern: true,
    });
  });
});

describe('matches of contents', () => {
  test.each<[string, string, boolean]>([
    ['content:"bc";', 'abcd', true],
    ['content:"BC";', 'abcd', false],
    ['content:"BC"; nocase;', 'aBcd', true],
    ['content:!"x";', 'abcd', true],
    ['content:!"b";', 'abcd', false],
    ['content:"b"; offset:1;', 'abcd', true],
    ['content:"b"; offset:2;', 'abcd', false],
    ['content:"c"; depth:2;', 'abcd', false],
    ['content:"c"; offset:1; depth:2;', 'abcd', true],
    ['content:"abc"; depth:1;', 'abcd', true],
    ['content:"a"; startswith;', 'abcd', true],
    ['content:"b"; startswith;', 'abcd', false],
    ['content:"cd"; endswith;', 'abcd', true],
    ['content:"bc"; endswith;', 'abcd', false],
    ['content:!"bc"; endswith;', 'abcd', true],
    ['content:!"cd"; endswith;', 'abcd', false],
    ['content:"abcd"; startswith; endswith;', 'abcd', true],
    ['content:"b"; endswith; depth:2;', 'ab..', false],
    ['content:"a"; content:"b"; distance:0;', 'ba', false],
    ['content:"a"; content:"b"; distance:1;', 'axb', true],
    ['content:"a"; content:"b"; distance:1;', 'ab', false],
    ['content:"a"; content:"b"; within:1;', 'axb', false],
    ['content:"a"; content:"b"; within:2;', 'axb', true],
    ['content:"a"; content:"b"; distance:1; within:1;', 'axb', true],
    ['content:"c"; content:"b"; distance:-2;', 'abc', true],
    ['content:"c"; content:"a"; distance:-2;', 'abc', false],
    ['content:"a"; content:!"b"; within:1;', 'acb', true],
    ['content:"a"; content:!"b"; within:1;', 'ab', false],
    // the second "a" is the one followed by "b"
    ['content:"a"; content:"b"; within:1;', 'axab', true],
    ['content:"a"; content:"b"; within:1; content:"c"; within:1;', 'ab abc', true],
    ['content:"a"; content:!"b"; within:1;', 'abac', true],
    ['content:"aa"; content:"b"; within:1;', 'aaab', true],
    // other conditions in between do not break the chain
    ['content:"a"; isdataat:3; content:"b"; within:1;', 'axab', true],
    // a later content is searched in the whole buffer again
    ['content:"b"; content:"a";', 'ab', true],
    ['content:"b"; distance:1;', 'ab', true],
    ['content:"b"; distance:2;', 'ab', false],
    ['content:"aaaaaaaaab"; nocase;', `${'a'.repeat(50)}B`, true],
  ])('%s in %s: %s', (options, payload, expected) => expect(holds(options, payload)).toBe(expected));

  test('positions count from the beginning of the stream', () => {
    const later = { atBeginning: false, position: 5 };
    expect(holds('content:"b";', 'abc', later)).toBe(true);
    expect(holds('content:"b"; depth:3;', 'abc', later)).toBe(false);
    expect(holds('content:"b"; depth:6;', 'abc', later)).toBe(false);
    expect(holds('content:"b"; depth:7;', 'abc', later)).toBe(true);
    expect(holds('content:"b"; offset:6;', 'abc', later)).toBe(true);
    expect(holds('content:"b"; offset:7;', 'abc', later)).toBe(false);
    expect(holds('content:"c"; endswith;', 'abc', { atEnd: false })).toBe(false);
  });

  test('backtracking ends at the limit', () => {
    const contents = Array.from({ length: 12 }, () => 'content:"a"; distance:0;').join(' ');
    expect(holds(`${contents} content:"b"; within:1;`, 'a'.repeat(200))).toBe(false);
  });
});

describe('pcre', () => {
  test.each<[string, string, boolean]>([
    ['pcre:"/b.d/";', 'abcd', true],
    ['pcre:"/B.D/";', 'abcd', false],
    ['pcre:"/B.D/i";', 'abcd', true],
    ['pcre:!"/b.d/";', 'abcd', false],
    ['pcre:!"/x/";', 'abcd', true],
    ['pcre:"/^b/m";', 'a\nb', true],
    ['pcre:"/a.b/";', 'a\nb', false],
    ['pcre:"/a.b/s";', 'a\nb', true],
    ['content:"a"; pcre:"/^b/R";', 'ab', true],
    ['content:"a"; pcre:"/^b/R";', 'aab', true],
    ['content:"a"; pcre:!"/^b/R";', 'ab', false],
    ['pcre:"/a/"; content:"b"; within:1;', 'axab', true],
    ['pcre:"/\\d+/"; content:"x"; within:1;', '12 34x', true],
    ['pcre:"/a\\/b/";', 'a/b', true],
    ['pcre:"/\\xff\\x00/";', '\xff\x00', true],
  ])('%s in %j: %s', (options, payload, expected) => expect(holds(options, payload)).toBe(expected));

  test.each([
    'pcre:"abc";',
    'pcre:"/abc";',
    'pcre:"/abc/q";',
    'pcre:"/a(b)/UH";',
    'pcre:!"/(a)/, flow:x";',
    'pcre:"/(a)/, somewhere:x";',
    'sample.uri; pcre:"/a/U";',
  ])('%s is rejected', options => expect(refusal(options)).toBeDefined());

  test('captures have a scope and a name', () => {
    expect(onBuffer('pcre:"/(a)(b)/, flow:one, pkt:two";')[0]).toMatchObject({
      captures: [
        { scope: 'flow', name: 'one' },
        { scope: 'pkt', name: 'two' },
      ],
    });
    expect(onBuffer('pcre:"/(a)\\/(b)/i, flow:ua/ubuntu/repo,flow:ua/pkg#1";')[0]).toMatchObject({
      pattern: '(a)\\/(b)',
      options: 'i',
      captures: [
        { scope: 'flow', name: 'ua/ubuntu/repo' },
        { scope: 'flow', name: 'ua/pkg#1' },
      ],
    });
    expect(onBuffer('pcre:"/(?P<flow_name>a)/";')[0]).toMatchObject({
      captures: [{ scope: 'flow', name: 'name' }],
    });
  });
});

test.each([
  'content:"a"; http_server_body; pcre:"/b/QR";',
  'pcre:"/b/Q"; content:"a"; http_server_body; within:2;',
  'http.response_body; content:"a"; pcre:"/b/QR";',
])('flag Q of pcre is the buffer of http_server_body: %s', options => {
  const { signatures, errors } = load(withOptions(options), { protocols: [http] });
  expect(errors).toEqual([]);
  expect(signatures[0]!.buffers.map(({ buffer, conditions }) => [buffer, conditions.length])).toEqual([
    ['http.response_body', 2],
  ]);
});

test('a rule with urilen and a URI buffer needs no content', () => {
  const errors = (options: string) => load(withOptions(options), { protocols: [http] }).errors;
  expect(errors('http.uri; urilen:>5; http.method; content:"GET";')).toEqual([]);
  expect(errors('http.uri; urilen:5;')).toEqual([]);
  expect(errors('http.host; urilen:5;')).toHaveLength(1);
});
