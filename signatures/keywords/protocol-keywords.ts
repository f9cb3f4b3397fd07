/** Keywords made from what application protocols declare: sticky buffers, modifiers of old, values, tests. */
import type {
  BufferDeclaration,
  Protocol,
  TestDeclaration,
  ValueDeclaration,
} from '../../engine/protocol.js';
import type { Keyword, KeywordFeature } from '../keyword.js';
import type { RuleBuffer } from '../rule-context.js';
import { RuleError } from '../rule-error.js';
import type { Match } from '../signature.js';
import { parseMultiInteger } from './multi-integers.js';

/** A value of a transaction, compared. */
export interface ProtocolValueMatch extends Match {
  readonly kind: 'protocol-value';
  readonly protocol: string;
  readonly keyword: string;
  readonly test: ReturnType<typeof parseMultiInteger>;
}

/** A test of a transaction with a grammar of its own. */
export interface ProtocolTestMatch extends Match {
  readonly kind: 'protocol-test';
  readonly protocol: string;
  readonly keyword: string;
  readonly parsed: unknown;
}

/** Keywords of one protocol. */
export function protocolKeywords(protocol: Protocol): Keyword[] {
  return [
    ...protocol.buffers.flatMap(buffer => bufferKeywords(protocol, buffer)),
    ...protocol.values.map(value => valueKeyword(protocol, value)),
    ...protocol.tests.map(test => testKeyword(protocol, test)),
  ];
}

/** Its buffers, as rules must know them. */
export function protocolBuffers(protocol: Protocol): RuleBuffer[] {
  return protocol.buffers.map(({ keyword, direction }) => ({ keyword, protocol: protocol.name, direction }));
}

function bufferKeywords(protocol: Protocol, buffer: BufferDeclaration): Keyword[] {
  const features: KeywordFeature[] = ['no option', 'sticky buffer'];
  if (buffer.multiple) features.push('multi buffer');
  const sticky: Keyword = {
    name: buffer.keyword,
    ...(buffer.aliases && { aliases: buffer.aliases }),
    family: protocol.name,
    summary: buffer.summary,
    grammar: '',
    features,
    parse(rule, _, at) {
      rule.useProtocol(protocol, buffer.keyword, at);
      rule.setBuffer(buffer.keyword, at, { multiple: buffer.multiple ?? false });
    },
  };
  const { modifier } = buffer;
  if (modifier === undefined) return [sticky];
  const old: Keyword = {
    name: modifier,
    family: protocol.name,
    summary: `Content modifier for ${buffer.keyword}.`,
    grammar: '',
    features: ['no option', 'content modifier'],
    parse(rule, _, at) {
      rule.useProtocol(protocol, modifier, at);
      rule.moveContent(buffer.keyword, modifier, at);
    },
  };
  return [sticky, old];
}

function valueKeyword(protocol: Protocol, value: ValueDeclaration): Keyword {
  return {
    name: value.keyword,
    ...(value.aliases && { aliases: value.aliases }),
    family: protocol.name,
    summary: value.summary,
    grammar: '[<|>|<=|>=|!]number | number-number | name',
    features: ['integer', 'prefilter'],
    parse(rule, argument, at) {
      rule.useProtocol(protocol, value.keyword, at);
      const syntax = { bits: value.bits, ...(value.names && { names: value.names }) };
      const test = parseMultiInteger(argument!, value.keyword, syntax, at);
      rule.addCondition({ kind: 'protocol-value', protocol: protocol.name, keyword: value.keyword, test });
    },
  };
}

function testKeyword(protocol: Protocol, test: TestDeclaration): Keyword {
  return {
    name: test.keyword,
    ...(test.aliases && { aliases: test.aliases }),
    family: protocol.name,
    summary: test.summary,
    grammar: 'see its documentation',
    features: ['optional argument'],
    parse(rule, argument, at) {
      rule.useProtocol(protocol, test.keyword, at);
      let parsed: unknown;
      try {
        parsed = test.parse(argument);
      } catch (error) {
        throw new RuleError(`invalid ${test.keyword}: ${(error as Error).message}`, at);
      }
      rule.addCondition({ kind: 'protocol-test', protocol: protocol.name, keyword: test.keyword, parsed });
    },
  };
}
