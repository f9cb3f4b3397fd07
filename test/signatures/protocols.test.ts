import { describe, expect, test } from 'vitest';
import type { Protocol } from '../../engine/protocol.js';
import { load, parse, refusal, SAMPLE_PROTOCOL, withOptions } from './rules.js';

const header = 'alert sample any any -> any any';

describe('keywords declared by a protocol', () => {
  test('may be values', () => {
    const { conditions } = parse(withOptions('sample.code:ok;', header));
    expect(conditions).toEqual([
      { kind: 'protocol-value', protocol: 'sample', keyword: 'sample.code', test: { mode: '=', a: 0 } },
    ]);
  });

  test('may be tests, with error messages of their own', () => {
    expect(parse(withOptions('sample.mode:fast;', header)).conditions).toEqual([
      { kind: 'protocol-test', protocol: 'sample', keyword: 'sample.mode', parsed: 'fast' },
    ]);
    expect(load(withOptions('sample.mode:slow;', header)).errors[0]!.message).toBe(
      'invalid sample.mode: fast expected',
    );
  });

  test('are rejected in rules of another protocol', () => {
    const other = {
      ...SAMPLE_PROTOCOL,
      name: 'other',
      ruleNames: [],
      buffers: [],
      values: [],
      tests: [],
    } as unknown as Protocol;
    const { errors } = load(withOptions('sample.uri; content:"a";', 'alert other any any -> any any'), {
      protocols: [SAMPLE_PROTOCOL, other],
    });
    expect(errors[0]!.message).toBe(
      'the protocol of the rule is other, but keyword sample.uri is for sample',
    );
  });

  test('may be declared by two protocols', () => {
    const twin = { ...SAMPLE_PROTOCOL, name: 'twin', ruleNames: [] } as Protocol;
    const rules = ['sample', 'twin'].map(
      (name, i) => `alert ${name} any any -> any any (sample.uri; content:"a"; sid:${i + 1};)`,
    );
    expect(load(rules.join('\n'), { protocols: [SAMPLE_PROTOCOL, twin] }).signatures).toHaveLength(2);
  });

  test('on files are rejected if the protocol has none', () => {
    const files = {
      ...SAMPLE_PROTOCOL,
      name: 'files',
      buffers: [{ ...SAMPLE_PROTOCOL.buffers[0], keyword: 'file.data' }],
      values: [],
      tests: [],
    };
    const { errors } = load(withOptions('file.data; content:"a";', header), {
      protocols: [SAMPLE_PROTOCOL, files as unknown as Protocol],
    });
    expect(errors[0]!.message).toBe("protocol sample doesn't support file matching (file.data)");
  });

  test('on stored files are accepted if the protocol has files', () => {
    const carrier = {
      ...SAMPLE_PROTOCOL,
      name: 'carrier',
      ruleNames: [],
      tests: [{ ...SAMPLE_PROTOCOL.tests[0], keyword: 'filename' }],
    } as unknown as Protocol;
    const of = (name: string) =>
      load(withOptions('filestore:both;', `alert ${name} any any -> any any`), {
        protocols: [SAMPLE_PROTOCOL, carrier],
      }).errors.map(each => each.message);
    expect(of('carrier')).toEqual([]);
    expect(of('tcp')).toEqual([]);
    expect(of('sample')).toEqual(["protocol sample doesn't support file matching (filestore)"]);
  });

  test('added by a variant are accepted in rules of the variant', () => {
    const variant = {
      ...SAMPLE_PROTOCOL,
      name: 'variant',
      variantOf: 'sample',
      ruleNames: ['variant', 'sample'],
      buffers: [{ ...SAMPLE_PROTOCOL.buffers[0], keyword: 'inner.name' }],
    } as unknown as Protocol;
    const rules = ['variant', 'sample'].map(
      (name, i) => `alert ${name} any any -> any any (inner.name; content:"a"; sid:${i + 1};)`,
    );
    const { signatures, errors } = load(rules.join('\n'), { protocols: [SAMPLE_PROTOCOL, variant] });
    expect(signatures.map(({ sid }) => sid)).toEqual([1]);
    expect(errors[0]!.message).toBe(
      'the protocol of the rule is sample, but keyword inner.name is for variant',
    );
  });

  test.each(['app-layer-state:request_line;', 'app-layer-state:<request_complete;'])(
    '%s is parsed',
    options => expect(refusal(options, header)).toBeUndefined(),
  );

  test.each<[string, string]>([
    ['app-layer-state:nonsense;', header],
    ['app-layer-state:request_line;', 'alert tcp any any -> any any'],
  ])('%s of %s is rejected', (options, of) => expect(refusal(options, of)).toMatch(/state/));
});

describe('transactional rules', () => {
  const rule = (options: string) =>
    load(`alert sample any any => any any (${options} sid:7;)`).errors[0]?.message;
  test.each([
    ['sample.uri; content:"a"; sample.body; content:"b";', undefined],
    ['sample.uri; content:"a";', 'rule 7 should use both directions, but does not'],
    ['content:"a";', 'rule 7 should use both directions, but does not'],
    [
      'sample.uri; content:"a"; sample.body; content:"b"; sample.names; content:"c";',
      'rule 7 means to use both directions, cannot have keywords ambiguous about directions',
    ],
    [
      'sample.uri; content:"a"; sample.body; content:"b"; flow:to_server;',
      'rule 7 means to use both directions, cannot specify a flow direction',
    ],
  ])('%s', (options, message) => expect(rule(options)).toBe(message));

  test('may set the direction of ambiguous buffers', () => {
    const options = 'bidir.toserver; sample.names; content:"a"; bidir.toclient; sample.names; content:"b";';
    expect(rule(options)).toBeUndefined();
    expect(parse(`alert sample any any => any any (${options} sid:7;)`).buffers).toMatchObject([
      { direction: 'to_server' },
      { direction: 'to_client' },
    ]);
    expect(load(withOptions('bidir.toserver; content:"a";')).errors).toHaveLength(1);
  });
});
