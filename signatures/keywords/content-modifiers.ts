/** Content modifiers: nocase, rawbytes, offset, depth, distance, within, startswith, endswith, replace. */
import type { ContentUnderConstruction } from '../buffer-builder.js';
import type { Keyword } from '../keyword.js';
import { negation, shifted, unquote } from '../parser/quoted.js';
import type { RuleBuilder } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';
import type { ContentMatch, Position } from '../signature.js';
import { parseContentBytes } from './content-bytes.js';
import { requireFastPatternAllowed } from './fast-pattern.js';

/** Maximum distance and within (absolute value). */
const MAX_DISTANCE = 1_048_576;
/** Maximum offset and depth. */
const MAX_OFFSET = 65_535;

const NEEDS_CONTENT =
  'needs preceding content, uricontent option, http_client_body, http_server_body, http_header option, ' +
  'http_raw_header option, http_method option, http_cookie, http_raw_uri, http_stat_msg, http_stat_code, ' +
  'http_user_agent, http_host, http_raw_host or file_data/dce_stub_data sticky buffer options.';

function contentOf(rule: RuleBuilder, keyword: string, at: Position): ContentUnderConstruction {
  const last = rule.lastContent();
  if (!last) throw new RuleError(`${keyword} ${NEEDS_CONTENT}`, at, `content:"…"; ${keyword};`);
  return last;
}

/** Declares a modifier that takes no argument. */
function flag(
  name: string,
  summary: string,
  apply: (content: ContentUnderConstruction, rule: RuleBuilder, at: Position) => void,
): Keyword {
  return {
    name,
    family: 'payload',
    summary,
    grammar: '',
    features: ['no option', 'content modifier'],
    parse: (rule, _, at) => apply(contentOf(rule, name, at), rule, at),
  };
}

const nocase = flag('nocase', 'The content matches regardless of case.', (each, _, at) => {
  if (each.nocase) throw new RuleError("can't use multiple nocase modifiers with the same content", at);
  each.nocase = true;
});

const rawbytes = flag('rawbytes', 'Matches the raw bytes; accepted for compatibility.', (each, rule, at) => {
  if (rule.sticky) throw new RuleError('"rawbytes" cannot be combined with a sticky buffer', at);
  if (rule.notes.get('rawbytes') === each)
    throw new RuleError("can't use multiple rawbytes modifiers for the same content", at);
  rule.notes.set('rawbytes', each);
});

function requireNoRelative(each: ContentMatch, at: Position): void {
  if (each.distance !== undefined || each.within !== undefined) throw mixed(at);
}

function requireNoAbsolute(each: ContentMatch, at: Position): void {
  if (each.offset !== undefined || each.depth !== undefined) throw mixed(at);
}

function mixed(at: Position): RuleError {
  return new RuleError(
    "can't use a relative keyword like within/distance with a absolute relative keyword like depth/offset for the same content.",
    at,
  );
}

const startswith = flag('startswith', 'The content must be at the start of the buffer.', (each, _, at) => {
  if (each.startswith)
    throw new RuleError("can't use multiple startswith modifiers for the same content", at);
  if (each.offset !== undefined || each.depth !== undefined) {
    throw new RuleError("can't use startswith with offset or depth for the same content", at);
  }
  requireNoRelative(each, at);
  each.startswith = true;
  each.offset = 0;
  each.depth = each.bytes.length;
});

const endswith = flag('endswith', 'The content must be at the end of the buffer.', (each, _, at) => {
  if (each.endswith) throw new RuleError("can't use multiple endswith modifiers for the same content", at);
  each.endswith = true;
});

/** Declares a modifier whose argument is a number or variable name. */
function position(
  name: 'offset' | 'depth' | 'distance' | 'within',
  summary: string,
  minimum: number,
  maximum: number,
): Keyword {
  return {
    name,
    family: 'payload',
    summary,
    grammar: 'bytes | variable',
    features: ['content modifier'],
    parse(rule, argument, at) {
      const each = contentOf(rule, name, at);
      checkCombination(name, each, at);
      each[name] = numberOrVariable(argument!, name, minimum, maximum, rule, at);
      requireFastPatternAllowed(each, at);
      if (name === 'within') requireSpace(each, at);
      if (name === 'depth' && typeof each.depth === 'number')
        each.depth = Math.max(each.depth, each.bytes.length);
    },
  };
}

function checkCombination(
  name: 'offset' | 'depth' | 'distance' | 'within',
  each: ContentUnderConstruction,
  at: Position,
): void {
  if (each.startswith) throw new RuleError(`can't use ${name} with startswith for the same content`, at);
  if (name === 'offset' || name === 'depth') requireNoRelative(each, at);
  else requireNoAbsolute(each, at);
  if (each[name] !== undefined) throw new RuleError(`can't use multiple ${name}s for the same content.`, at);
}

function requireSpace(each: ContentMatch, at: Position): void {
  if (typeof each.within === 'number' && each.within < each.bytes.length) {
    throw new RuleError(
      `within (${each.within}) is less than the content's length (${each.bytes.length})`,
      at,
      `within:${each.bytes.length}`,
    );
  }
}

function numberOrVariable(
  argument: string,
  keyword: string,
  minimum: number,
  maximum: number,
  rule: RuleBuilder,
  at: Position,
): number | string {
  const text = argument.startsWith('"') ? unquote(argument, keyword, at).trim() : argument;
  if (/^[a-z_]/i.test(text)) {
    rule.requireVariable(text, keyword, at);
    return text;
  }
  const number = /^[+-]?\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= minimum && number <= maximum) return number;
  throw new RuleError(
    `invalid value for ${keyword}: ${text}`,
    at,
    `a number from ${minimum} to ${maximum}, or a variable`,
  );
}

const offset = position(
  'offset',
  'Position in the buffer at which the search for the content starts.',
  0,
  MAX_OFFSET,
);
const depth = position(
  'depth',
  'Number of bytes, counted from the offset, in which the content must lie.',
  0,
  MAX_OFFSET,
);
const distance = position(
  'distance',
  'Number of bytes between the end of the previous match and the start of the search.',
  -MAX_DISTANCE,
  MAX_DISTANCE,
);
const within = position(
  'within',
  'Number of bytes after the end of the previous match (plus distance) in which the content must lie.',
  -MAX_DISTANCE,
  MAX_DISTANCE,
);

const replace: Keyword = {
  name: 'replace',
  family: 'payload',
  summary:
    'Overwrites the content (inline only) with text of the same length, wherever it matches in the packet.',
  grammar: '"text|hexadecimal bytes|text"',
  features: ['content modifier'],
  parse(rule, argument, at) {
    const { negated, rest } = negation(argument!);
    if (negated) throw new RuleError("can't negate replacement string", at);
    const each = contentOf(rule, 'replace', at);
    const bytes = parseContentBytes(unquote(rest, 'replace', at), shifted(at, 1));
    if (rule.sticky) throw new RuleError('replace works only on the payload', at);
    if (each.replace !== undefined)
      throw new RuleError("can't use multiple replacements for the same content", at);
    if (each.negated) throw new RuleError("can't have a replace for a negated content", at);
    if (bytes.length !== each.bytes.length) {
      throw new RuleError(
        `replace (${bytes.length} bytes) must be as long as the content (${each.bytes.length} bytes)`,
        at,
      );
    }
    each.replace = bytes;
    rule.addEffect({ kind: 'replace' });
  },
};

export const contentModifierKeywords: readonly Keyword[] = [
  nocase,
  rawbytes,
  offset,
  depth,
  distance,
  within,
  startswith,
  endswith,
  replace,
];
