/** Transforms that extract a part of the buffer: pcrexform, subslice, domain, tld. */
import { latin1 } from '../../engine/latin1.js';
import { unquote } from '../parser/quoted.js';
import { RuleError } from '../rule-error.js';
import type { Transform } from '../transform.js';
import { loadPublicSuffixes } from './public-suffix.js';

const pcrexform: Transform = {
  name: 'pcrexform',
  summary: 'First capture group of a regular expression.',
  grammar: '"expression with a group"',
  parse(argument, rule, at) {
    const pattern = unquote(argument!, 'pcrexform', at);
    const groups = groupsIn(pattern);
    if (groups !== 1) throw new RuleError(`need exactly one substring capture, found ${groups}`, at);
    rule.context.checkExpression?.(pattern, '', at);
    return { pattern };
  },
  compile(match, environment) {
    const { expressions, limits } = environment;
    if (!expressions) return bytes => bytes;
    const expression = expressions.compile({
      pattern: match.pattern as string,
      options: '',
      ...(limits && { matchLimit: limits.pcreMatch, recursionLimit: limits.pcreRecursion }),
    });
    const groups = new Uint32Array(4);
    return bytes => {
      const count = expressions.match(expression, bytes, 0, 0, bytes.length, groups);
      return count >= 2 && groups[2] !== 0xffffffff ? bytes.subarray(groups[2], groups[3]) : bytes;
    };
  },
};

/**
 * Number of capture groups: parentheses that are not escaped, not in a class, and do not begin with `?` (except names).
 */
function groupsIn(pattern: string): number {
  const plain = pattern.replace(/\\[\s\S]/g, '').replace(/\[\^?\]?[^\]]*\]/g, '');
  return plain.match(/\((?!\?(?!P?<[A-Za-z]|'))/g)?.length ?? 0;
}

const subslice: Transform = {
  name: 'subslice',
  summary: 'Part of the buffer; negative numbers count from its end.',
  grammar: 'offset [, bytes] [, truncate]',
  parse(argument, _, at) {
    const match = /^([+-]?\d{1,9})(?:\s*,\s*([+-]?\d{1,9}))?(?:\s*,\s*(truncate))?$/.exec(argument!);
    if (!match) throw new RuleError(`invalid subslice "${argument}"`, at, subslice.grammar);
    return {
      offset: Number(match[1]),
      ...(match[2] !== undefined && { bytes: Number(match[2]) }),
      truncate: match[3] !== undefined,
    };
  },
  compile(match) {
    const {
      offset,
      bytes: count,
      truncate,
    } = match as unknown as { offset: number; bytes?: number; truncate: boolean };
    return bytes => {
      const { length } = bytes;
      const start = offset < 0 ? Math.max(0, length + offset) : offset;
      if (start >= length) return bytes.subarray(0, 0);
      let end = length;
      if (count !== undefined) end = count < 0 ? length + count : start + count;
      if (end > length && !truncate) return bytes.subarray(0, 0);
      return bytes.subarray(start, Math.max(start, Math.min(end, length)));
    };
  },
};

/** The last labels of a domain name. */
function lastLabels(bytes: Uint8Array, labels: number): Uint8Array {
  let i = bytes.length;
  while (labels > 0 && i > 0) if (bytes[--i] === 0x2e) labels--;
  return labels === 0 ? bytes.subarray(i + 1) : bytes;
}

/** Extracts the public suffix of a name with some labels before it; names without one are unchanged. */
function suffixAndLabels(more: number): (bytes: Uint8Array) => Uint8Array {
  const suffixOf = loadPublicSuffixes();
  return bytes => {
    const suffix = suffixOf(latin1(bytes));
    return suffix === 0 ? bytes : lastLabels(bytes, suffix + more);
  };
}

const domain: Transform = {
  name: 'domain',
  summary: 'Registered domain of a name: its public suffix and one label.',
  grammar: '',
  compile: () => suffixAndLabels(1),
};

const tld: Transform = {
  name: 'tld',
  summary: 'Public suffix of a name.',
  grammar: '',
  compile: () => suffixAndLabels(0),
};

export const partTransforms: readonly Transform[] = [pcrexform, subslice, domain, tld];
