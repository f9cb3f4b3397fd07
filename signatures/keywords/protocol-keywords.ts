/** Keywords from the declarations of application protocols: sticky buffers, old content modifiers, values, tests. */
import { dirname } from 'node:path';
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

/** Comparison of a transaction value. */
export interface ProtocolValueMatch extends Match {
  readonly kind: 'protocol-value';
  readonly protocol: string;
  readonly keyword: string;
  readonly test: ReturnType<typeof parseMultiInteger>;
}

/** Keywords of all protocols; declarations with the same name become one keyword. */
export function protocolKeywords(protocols: readonly Protocol[]): Keyword[] {
  return [
    ...declared(protocols, each => each.buffers).flatMap(([buffer, owners]) =>
      bufferKeywords(owners, buffer),
    ),
    ...declared(protocols, each => each.values).map(([value, owners]) => valueKeyword(owners, value)),
    ...declared(protocols, each => each.tests).map(([test, owners]) => testKeyword(owners, test)),
  ];
}

/** Their buffers, as described for rules. */
export function protocolBuffers(protocols: readonly Protocol[]): RuleBuffer[] {
  return declared(protocols, each => each.buffers).map(([{ keyword, direction, progress, form }, owners]) => {
    const same = owners.every(
      each => each.buffers.find(buffer => buffer.keyword === keyword)?.direction === direction,
    );
    return {
      keyword,
      protocol: owners[0]!.name,
      direction: same ? direction : 'either',
      progress,
      ...(form && { form }),
    };
  });
}

type Declaration = BufferDeclaration | ValueDeclaration | TestDeclaration;

/** The first declaration of each name, with all protocols that declare it. */
function declared<D extends Declaration>(
  protocols: readonly Protocol[],
  of: (protocol: Protocol) => readonly D[],
): [D, readonly Protocol[]][] {
  const known = new Map<string, [D, Protocol[]]>();
  for (const protocol of protocols) {
    for (const declaration of of(protocol)) {
      const before = known.get(declaration.keyword);
      if (before) before[1].push(protocol);
      else known.set(declaration.keyword, [declaration, [protocol]]);
    }
  }
  return [...known.values()];
}

function familyOf(owners: readonly Protocol[]): string {
  return owners.map(each => each.name).join(', ');
}

/** At least one of them has several values of it. */
function isMultiple(owners: readonly Protocol[], keyword: string): boolean {
  return owners.some(({ buffers }) => buffers.some(each => each.keyword === keyword && each.multiple));
}

function bufferKeywords(owners: readonly Protocol[], buffer: BufferDeclaration): Keyword[] {
  const features: KeywordFeature[] = ['no option', 'sticky buffer'];
  if (buffer.multiple) features.push('multi buffer');
  const sticky: Keyword = {
    name: buffer.keyword,
    ...(buffer.aliases && { aliases: buffer.aliases }),
    ...(buffer.switch !== undefined && { switch: buffer.switch }),
    family: familyOf(owners),
    summary: buffer.summary,
    grammar: '',
    features,
    parse(rule, _, at) {
      if (buffer.switch !== undefined && rule.context.off.has(buffer.switch))
        throw new RuleError(`${buffer.keyword} is not available: ${buffer.switch} is no`, at);
      rule.useProtocol(owners, buffer.keyword, at);
      rule.setBuffer(buffer.keyword, at, { multiple: isMultiple(owners, buffer.keyword) });
    },
  };
  const { modifier } = buffer;
  if (modifier === undefined) return [sticky];
  const old: Keyword = {
    name: modifier,
    family: familyOf(owners),
    summary: `Content modifier for ${buffer.keyword}.`,
    grammar: '',
    features: ['no option', 'content modifier'],
    parse(rule, _, at) {
      rule.useProtocol(owners, modifier, at);
      rule.moveContent(buffer.keyword, modifier, at);
    },
  };
  return [sticky, old];
}

function valueKeyword(owners: readonly Protocol[], value: ValueDeclaration): Keyword {
  return {
    name: value.keyword,
    ...(value.aliases && { aliases: value.aliases }),
    family: familyOf(owners),
    summary: value.summary,
    grammar: '[<|>|<=|>=|!]number | number-number | name',
    features: ['integer', 'prefilter'],
    parse(rule, argument, at) {
      rule.useProtocol(owners, value.keyword, at);
      const { bits, names, inclusive = false } = value;
      const syntax = { bits, inclusive, ...(names && { names }) };
      const test = parseMultiInteger(argument!, value.keyword, syntax, at);
      rule.addCondition({ kind: 'protocol-value', protocol: owners[0]!.name, keyword: value.keyword, test });
    },
  };
}

function testKeyword(owners: readonly Protocol[], test: TestDeclaration): Keyword {
  return {
    name: test.keyword,
    ...(test.aliases && { aliases: test.aliases }),
    family: familyOf(owners),
    summary: test.summary,
    grammar: test.plain ? '' : (test.grammar ?? 'argument'),
    features: [test.plain ? 'no option' : 'optional argument'],
    parse(rule, argument, at) {
      rule.useProtocol(owners, test.keyword, at);
      if (test.single && !rule.once(test.keyword))
        throw new RuleError(`Can't use 2 or more ${test.keyword} declarations`, at);
      let parsed: unknown;
      try {
        parsed = test.parse(argument, [rule.context.folder, dirname(at.file)]);
      } catch (error) {
        throw new RuleError(`invalid ${test.keyword}: ${(error as Error).message}`, at);
      }
      rule.addCondition({ kind: 'protocol-test', protocol: owners[0]!.name, keyword: test.keyword, parsed });
    },
  };
}
