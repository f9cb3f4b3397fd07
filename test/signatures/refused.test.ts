/** Rules that could never match, or are ambiguous. */
import { describe, expect, test } from 'vitest';
import type { Protocol, TextForm } from '../../engine/protocol.js';
import { urilen } from '../../modules/app/http/urilen.js';
import { load, refusal, SAMPLE_PROTOCOL, withOptions } from './rules.js';

const sample = 'alert sample any any -> any any';
const CONFLICT = 'rule 1 mixes keywords with conflicting directions';

describe('directions', () => {
  test.each([
    'sample.uri; content:"a"; sample.body; content:"b";',
    'flow:to_client; sample.uri; content:"a";',
    'sample.body; content:"a"; flow:to_server;',
  ])('%s is rejected', options => expect(refusal(options, sample)).toBe(CONFLICT));

  test.each([
    'flow:to_server; sample.uri; content:"a";',
    'flow:to_client; sample.names; content:"a";',
    'sample.uri; content:"a"; sample.names; content:"b";',
  ])('%s is accepted', options => expect(refusal(options, sample)).toBeUndefined());
});

describe('packets and streams', () => {
  const MIXED = /^can't mix packet keywords/;
  test.each<[string, string, RegExp]>([
    ['dsize:5; content:"a";', 'alert tcp-stream any any -> any any', MIXED],
    ['flags:S; content:"a";', 'alert tcp-stream any any -> any any', MIXED],
    ['flow:no_stream; content:"a";', 'alert tcp-stream any any -> any any', MIXED],
    ['flow:only_stream; ttl:5; content:"a";', 'alert tcp any any -> any any', MIXED],
    ['flow:only_stream; content:"a";', 'alert tcp-pkt any any -> any any', MIXED],
    ['sample.uri; content:"a"; dsize:5;', sample, /^Signature combines packet specific matches/],
    ['ack:5; sample.uri; content:"a";', sample, /^Signature combines packet specific matches/],
  ])('%s of %s is rejected', (options, header, reason) => expect(refusal(options, header)).toMatch(reason));

  test.each<[string, string]>([
    ['dsize:5;', sample],
    ['dsize:5; content:"a";', 'alert tcp any any -> any any'],
    ['flow:only_stream; content:"a";', 'alert tcp any any -> any any'],
  ])('%s of %s is accepted', (options, header) => expect(refusal(options, header)).toBeUndefined());
});

describe('protocols', () => {
  const other = {
    ...SAMPLE_PROTOCOL,
    name: 'other',
    ruleNames: [],
    buffers: [{ ...SAMPLE_PROTOCOL.buffers[0]!, keyword: 'other.uri' }],
  } as unknown as Protocol;

  test('a rule has keywords of one protocol only', () => {
    const both = load(withOptions('sample.uri; content:"a"; other.uri; content:"b";'), {
      protocols: [SAMPLE_PROTOCOL, other],
    });
    expect(both.errors[0]!.message).toBe(
      "can't set rule app proto to other (other.uri): already set to sample",
    );
    expect(refusal('sample.uri; content:"a"; sample.names; content:"b";')).toBeUndefined();
  });

  test.each([
    'app-layer-protocol:sample; app-layer-protocol:failed;',
    'app-layer-protocol:sample; app-layer-protocol:!sample1;',
    'app-layer-protocol:!sample; app-layer-protocol:!sample;',
  ])('%s is rejected', options => expect(refusal(options)).toMatch(/^can't mix positive app-layer-protocol/));

  test.each([
    ['app-layer-protocol:!unknown;', 'unknown cannot be negated'],
    ['app-layer-protocol:sample|sampel;', '"sampel" is not known'],
    ['app-layer-protocol:sample,final,exact,original;', 'more than one mode'],
    ['app-layer-protocol:sample,sideways;', '"sideways" is invalid'],
    ['app-layer-protocol:sample|failed; prefilter;', 'not supported for multi-value app-layer-protocol'],
  ])('%s is rejected', (options, why) => expect(refusal(options)).toContain(why));

  test.each([
    'app-layer-protocol:!sample; app-layer-protocol:!failed;',
    'app-layer-protocol:sample,original; app-layer-protocol:sample1,final;',
  ])('%s is accepted', options => expect(refusal(options)).toBeUndefined());
});

describe('prefilter', () => {
  test.each<[string, RegExp]>([
    ['tos:1; prefilter;', /not supported for tos/],
    ['sameip; prefilter;', /not supported for sameip/],
    ['content:"a"; isdataat:5; prefilter;', /not supported for isdataat/],
    ['flow.bytes:both,>5; prefilter;', /not supported for flow.bytes/],
    ['ttl:1; prefilter; id:5; prefilter;', /already set/],
    ['prefilter;', /preceding keyword/],
  ])('%s is rejected', (options, reason) => expect(refusal(options)).toMatch(reason));

  test.each([
    'ttl:1; prefilter;',
    'content:"a"; prefilter;',
    'flow:to_server; prefilter;',
    'ack:5; prefilter;',
  ])('%s is accepted', options => expect(refusal(options)).toBeUndefined());
});

describe('buffers with a fixed form', () => {
  const of = (form: TextForm) =>
    ({
      ...SAMPLE_PROTOCOL,
      buffers: [{ ...SAMPLE_PROTOCOL.buffers[0]!, keyword: 'sample.text', form }],
    }) as unknown as Protocol;
  const SERIAL: TextForm = { letters: 'upper', pairs: true };
  const DIGEST: TextForm = { letters: 'lower', length: 4, pairs: false };

  test.each<[TextForm, string, string | RegExp]>([
    [SERIAL, '0a:bc', '0A:BC'],
    [SERIAL, '0a', '0A'],
    [SERIAL, '0abc', /No colon/],
    [DIGEST, '0ABC', '0abc'],
    [DIGEST, '0ab', /Invalid length 3/],
    [DIGEST, '0abx', /not hexadecimal/],
  ])('%j: content %j is adapted or rejected', (form, text, expected) => {
    const rules = load(withOptions(`sample.text; content:"${text}";`, sample), { protocols: [of(form)] });
    if (expected instanceof RegExp) expect(rules.errors[0]!.message).toMatch(expected);
    else expect(rules.signatures[0]!.buffers[0]!.conditions[0]).toMatchObject({ bytes: expected });
  });

  test('nocase causes a warning', () => {
    const { warnings } = load(withOptions('sample.text; content:"a:"; nocase;', sample), {
      protocols: [of(SERIAL)],
    });
    expect(warnings[0]!.message).toMatch(/automatically uppercased/);
  });

  test('after a transform, the form does not apply', () => {
    const { errors } = load(withOptions('sample.text; to_lowercase; content:"a";', sample), {
      protocols: [of(DIGEST)],
    });
    expect(errors).toEqual([]);
  });
});

describe('hooks', () => {
  const tls = {
    ...SAMPLE_PROTOCOL,
    name: 'tls',
    ruleNames: ['tls'],
    buffers: SAMPLE_PROTOCOL.buffers.map(each => ({
      ...each,
      keyword: each.keyword.replace('sample', 'tls'),
    })),
    values: [],
    tests: [],
  } as unknown as Protocol;
  const refused = (hook: string, buffer: string) =>
    load(withOptions(`${buffer}; content:"a";`, `alert tls:${hook} any any -> any any`), { protocols: [tls] })
      .errors[0]?.message;

  test.each([
    ['request_line', 'tls.uri'],
    ['request_line', 'tls.names'],
    ['response_complete', 'tls.body'],
  ])('%s has %s', (hook, buffer) => expect(refused(hook, buffer)).toBeUndefined());

  test.each([
    ['request_started', 'tls.uri'],
    ['request_complete', 'tls.uri'],
    ['response_complete', 'tls.uri'],
    ['request_line', 'tls.body'],
  ])('%s does not have %s', (hook, buffer) =>
    expect(refused(hook, buffer)).toBe(`rule 1: ${buffer} is not available at the hook ${hook}`),
  );
});

describe('HTTP', () => {
  const http = (keyword: string) =>
    ({
      ...SAMPLE_PROTOCOL,
      buffers: [{ ...SAMPLE_PROTOCOL.buffers[0]!, keyword }],
      tests: [urilen(0, () => 0)],
    }) as unknown as Protocol;

  test.each([
    ['"GET "', 'trailing'],
    ['" GET"', 'leading'],
  ])('the method %s is rejected', (text, where) => {
    const { errors } = load(withOptions(`http.method; content:${text};`, sample), {
      protocols: [http('http.method')],
    });
    expect(errors[0]!.message).toBe(`http_method pattern with ${where} space`);
  });

  test.each<[string, string, boolean]>([
    ['http.uri', 'urilen:3;', false],
    ['http.uri', 'urilen:4;', true],
    ['http.uri', 'urilen:3,raw;', true],
    ['http.uri.raw', 'urilen:3,raw;', false],
    ['http.uri', 'urilen:<3;', false],
    ['http.uri', 'urilen:1<>3;', false],
    ['http.uri', 'urilen:>3;', true],
    ['http.uri', 'urilen:!3;', true],
  ])('%s with %s: accepted is %s', (keyword, length, fits) => {
    const rule = withOptions(`${length} ${keyword}; content:"abcd";`, sample);
    const { errors } = load(rule, { protocols: [http(keyword)] });
    expect(errors.map(each => each.message)).toEqual(
      fits ? [] : ['depth or urilen 3 smaller than content len 4'],
    );
  });
});

describe('events', () => {
  test('unknown in a protocol are rejected', () => {
    expect(refusal('app-layer-event:sample.too_long;', sample)).toBeUndefined();
    const { errors } = load(withOptions('app-layer-event:sample.too_lang;', sample));
    expect(errors[0]).toMatchObject({
      message: 'protocol sample has no event "too_lang"',
      suggestion: 'sample.too_long',
    });
  });
});

describe('noalert of bits', () => {
  test.each(['xbits', 'hostbits'])('%s:noalert takes no name', keyword => {
    expect(refusal(`${keyword}:noalert;`)).toBeUndefined();
    expect(refusal(`${keyword}:noalert,a;`)).toBe(`${keyword}:noalert takes no further arguments`);
  });
});

describe('flow counters', () => {
  const header = 'alert tcp any any -> any any';
  test.each([
    'flowint:a,+,1 more;',
    'flowint:a,+,;',
    'flowint:a b,isset;',
    ...['-1', '+1', '1.5', '0x10', '5m'].map(value => `flowint:a,+,${value};`),
  ])('%s is rejected', options => expect(refusal(options, header)).toMatch(/flowint/));
  test.each(['flowint:a,+,1;', 'flowint: a , == , b;', 'flowint:a,notset;'])('%s is accepted', options =>
    expect(refusal(options, header)).toBeUndefined(),
  );
});

describe('words that every object of the language has', () => {
  test.each(['hostbits:set,a,constructor;', 'stream_size:constructor,>,5;', 'filestore:constructor;'])(
    '%s is rejected',
    options => expect(refusal(options)).toMatch(/^invalid \w+ "/),
  );
});

describe('keywords that contradict each other, or lack a required one', () => {
  test.each<[string, string, string]>([
    [
      'sample.uri; absent: or_else;',
      sample,
      'signature with absent: or_else expects other keywords to test on such as content',
    ],
    [
      'sample.uri; absent; bsize:1;',
      sample,
      "signature can't have a buffer tested absent and tested with other keywords such as content",
    ],
    ['sample.uri; content:"a"; rawbytes;', sample, '"rawbytes" cannot be combined with a sticky buffer'],
    [
      'byte_extract:1,0,v,relative,relative;',
      'alert tcp any any -> any any',
      'byte_extract: relative is given twice',
    ],
    [
      'byte_extract:2,0,v,little,big;',
      'alert tcp any any -> any any',
      'byte_extract: byte order must be big or little, not both',
    ],
    [
      'byte_test:2,=,1,0,dce;',
      sample,
      'the protocol of the rule is sample, but keyword byte_test with dce is for dcerpc',
    ],
    [
      'detection_filter:track by_src, count 2, seconds 60, unique_on dst_port;',
      'alert tcp any any -> any any',
      'invalid detection_filter "unique_on dst_port"',
    ],
    [
      'threshold:type limit, track by_src, count 5m, seconds 5m;',
      'alert tcp any any -> any any',
      'threshold needs count with a number',
    ],
  ])('%s of %s is rejected', (options, header, reason) => expect(refusal(options, header)).toBe(reason));

  test('absent: or_else with a content is accepted', () =>
    expect(refusal('sample.uri; absent: or_else; content:"a";', sample)).toBeUndefined());
});
