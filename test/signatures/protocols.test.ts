import { describe, expect, test } from 'vitest';
import type { Protocol } from '../../engine/protocol.js';
import { load, parse, refusal, SAMPLE_PROTOCOL, withOptions } from './rules.js';

const header = 'alert sample any any -> any any';

describe('what a protocol declares', () => {
  test('values', () => {
    const { conditions } = parse(withOptions('sample.code:ok;', header));
    expect(conditions).toEqual([
      { kind: 'protocol-value', protocol: 'sample', keyword: 'sample.code', test: { mode: '=', a: 0 } },
    ]);
  });

  test('tests, with errors in their own words', () => {
    expect(parse(withOptions('sample.mode:fast;', header)).conditions).toEqual([
      { kind: 'protocol-test', protocol: 'sample', keyword: 'sample.mode', parsed: 'fast' },
    ]);
    expect(load(withOptions('sample.mode:slow;', header)).errors[0]!.message).toBe(
      'invalid sample.mode: fast expected',
    );
  });

  test('a keyword of another protocol is refused', () => {
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

  test('what two declare is one keyword', () => {
    const twin = { ...SAMPLE_PROTOCOL, name: 'twin', ruleNames: [] } as Protocol;
    const rules = ['sample', 'twin'].map(
      (name, i) => `alert ${name} any any -> any any (sample.uri; content:"a"; sid:${i + 1};)`,
    );
    expect(load(rules.join('\n'), { protocols: [SAMPLE_PROTOCOL, twin] }).signatures).toHaveLength(2);
  });

  test('files are no matter of a protocol that has none', () => {
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

  test('files are stored of protocols that carry some', () => {
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

  test('what a variant adds is for rules about the variant', () => {
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

  test.each(['app-layer-state:request_line;', 'app-layer-state:<request_complete;'])('%s', options =>
    expect(refusal(options, header)).toBeUndefined(),
  );

  test.each<[string, string]>([
    ['app-layer-state:nonsense;', header],
    ['app-layer-state:request_line;', 'alert tcp any any -> any any'],
  ])('%s of %s is refused', (options, of) => expect(refusal(options, of)).toMatch(/state/));
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

  test('ambiguous buffers may be given a direction', () => {
    const options = 'bidir.toserver; sample.names; content:"a"; bidir.toclient; sample.names; content:"b";';
    expect(rule(options)).toBeUndefined();
    expect(parse(`alert sample any any => any any (${options} sid:7;)`).buffers).toMatchObject([
      { direction: 'to_server' },
      { direction: 'to_client' },
    ]);
    expect(load(withOptions('bidir.toserver; content:"a";')).errors).toHaveLength(1);
  });
});
