/** Contents that can never match: too long for the given dsize or bsize, or impossible in their buffer. */

import type { IntegerTest } from '../keywords/integers.js';
import { checkAbsent } from '../keywords/isdataat.js';
import type { SizeMatch } from '../keywords/size.js';
import type { RuleBuilder } from '../rule-builder.js';
import { PAYLOAD } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';
import type { ContentMatch, Match } from '../signature.js';

/** @throws RuleError */
export function checkBuffers(rule: RuleBuilder): void {
  checkUriLength(rule);
  const dsize = rule.conditions.find(match => match.kind === 'dsize') as SizeMatch | undefined;
  for (const { buffer, conditions, transforms, at } of rule.buffers) {
    checkAbsent({ conditions }, at);
    if (buffer === PAYLOAD && dsize) requireFits(conditions, dsize.test, 'dsize', rule);
    const bsize = conditions.find(match => match.kind === 'bsize') as SizeMatch | undefined;
    if (bsize) requireFits(conditions, bsize.test, 'bsize', rule);
    if (buffer === 'http.host' && transforms.length === 0) checkHost(conditions, rule);
    if (buffer === 'http.method' && transforms.length === 0) checkMethod(conditions, rule);
    for (const transform of transforms) {
      for (const match of conditions)
        if (match.kind === 'content') checkTransformed(match as ContentMatch, transform, rule);
    }
  }
}

/** Maximum size accepted by the test; undefined if unbounded. */
function largest(test: IntegerTest): number | undefined {
  switch (test.mode) {
    case '=':
    case '<':
    case '<=':
      return Number(test.a);
    case 'range':
      return Number(test.b);
    default:
      return undefined;
  }
}

function requireFits(
  conditions: readonly Match[],
  test: IntegerTest,
  keyword: string,
  rule: RuleBuilder,
): void {
  const size = largest(test);
  if (size === undefined) return;
  const required = requiredLength(conditions, size);
  if (required > size) {
    throw new RuleError(
      `signature can't match as required content length ${required} exceeds ${keyword} value ${size}`,
      rule.at,
    );
  }
}

/** Number of bytes that the first content and those relative to it need. */
function requiredLength(conditions: readonly Match[], limit: number): number {
  let length = 0;
  let offset = 0;
  let first = true;
  for (const match of conditions) {
    if (match.kind !== 'content') continue;
    const content = match as ContentMatch;
    const distance = typeof content.distance === 'number' ? content.distance : 0;
    if (!first) {
      if (content.distance === undefined && content.within === undefined) continue;
      if (content.negated) {
        const reach = length + distance + (typeof content.within === 'number' ? content.within : 0);
        if (reach > limit) return reach;
        continue;
      }
    }
    length += content.bytes.length + distance;
    if (typeof content.offset === 'number') offset = Math.max(offset, content.offset);
    first = false;
  }
  return length + offset;
}

/** Condition of `urilen`. */
interface UriLength {
  readonly length: IntegerTest;
  readonly raw: boolean;
}

function checkUriLength(rule: RuleBuilder): void {
  const urilen = rule.conditions.find(match => match['keyword'] === 'urilen');
  if (!urilen) return;
  const { length, raw } = urilen['parsed'] as UriLength;
  const maximum = largest(length);
  if (maximum === undefined) return;
  for (const { buffer, conditions, transforms } of rule.buffers) {
    if (buffer !== (raw ? 'http.uri.raw' : 'http.uri') || transforms.length > 0) continue;
    for (const match of conditions) {
      const { bytes, negated: absent } = match as ContentMatch;
      if (match.kind === 'content' && !absent && bytes.length > maximum)
        throw new RuleError(`depth or urilen ${maximum} smaller than content len ${bytes.length}`, rule.at);
    }
  }
}

/** The buffer contains the host in lower case. */
function checkHost(conditions: readonly Match[], rule: RuleBuilder): void {
  for (const match of conditions) {
    if (match.kind !== 'content') continue;
    const content = match as ContentMatch;
    if (content.nocase) {
      throw new RuleError(
        `rule ${rule.sid}: http.host keyword specified along with "nocase". The hostname buffer is normalized to lowercase, specifying nocase is redundant.`,
        rule.at,
        'remove nocase',
      );
    }
    if (/[A-Z]/.test(content.bytes)) {
      throw new RuleError(
        `rule ${rule.sid}: A pattern with uppercase characters detected for http.host. The hostname buffer is normalized to lowercase, please specify a lowercase pattern.`,
        rule.at,
        content.bytes.toLowerCase(),
      );
    }
  }
}

/** The method buffer has no surrounding blanks. */
function checkMethod(conditions: readonly Match[], rule: RuleBuilder): void {
  for (const match of conditions) {
    if (match.kind !== 'content') continue;
    const { bytes } = match as ContentMatch;
    const where = /[ \t]$/.test(bytes) ? 'trailing' : /^[ \t]/.test(bytes) ? 'leading' : undefined;
    if (where) throw new RuleError(`http_method pattern with ${where} space`, rule.at, bytes.trim());
  }
}

function checkTransformed(content: ContentMatch, transform: Match, rule: RuleBuilder): void {
  const impossible =
    (transform.kind === 'strip_whitespace' && /[ \t\n\v\f\r]/.test(content.bytes)) ||
    (transform.kind === 'compress_whitespace' && /[ \t\n\v\f\r]{2}/.test(content.bytes)) ||
    (transform.kind === 'to_lowercase' && !content.nocase && /[A-Z]/.test(content.bytes)) ||
    (transform.kind === 'to_uppercase' && !content.nocase && /[a-z]/.test(content.bytes));
  if (impossible) {
    throw new RuleError(
      `rule ${rule.sid}: content "${content.bytes}" is incompatible with ${transform.kind} transform`,
      rule.at,
    );
  }
}
