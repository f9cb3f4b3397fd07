/** pcre: regular expressions. */
import type { Keyword } from '../keyword.js';
import { negation, unquoteOptional } from '../parser/quoted.js';
import type { RuleBuilder } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';
import type { Match, Position } from '../signature.js';

/** A capture group stored as a variable. */
export interface Capture {
  readonly scope: 'flow' | 'pkt' | 'alert';
  readonly name: string;
}

export interface PcreMatch extends Match {
  readonly kind: 'pcre';
  /** Latin1 text. */
  readonly pattern: string;
  /** Letters i m s x A E G, for `Native.compileExpression`. */
  readonly options: string;
  readonly negated: boolean;
  readonly relative: boolean;
  /** Flag O: ignore the configured match limits (others apply). */
  readonly ownLimits: boolean;
  /** Flag B, which has no effect. */
  readonly rawBytes?: boolean;
  /** Variables for groups 1, 2, … */
  readonly captures?: readonly Capture[];
}

/** Flags that select a buffer: the predecessor of sticky buffers. */
const BUFFERS: Readonly<Record<string, string>> = {
  U: 'http.uri',
  I: 'http.uri.raw',
  P: 'http.request_body',
  Q: 'http.response_body',
  H: 'http.header',
  D: 'http.header.raw',
  M: 'http.method',
  C: 'http.cookie',
  S: 'http.stat_code',
  Y: 'http.stat_msg',
  V: 'http.user_agent',
  W: 'http.host',
  Z: 'http.host.raw',
};

const pcre: Keyword = {
  name: 'pcre',
  family: 'payload',
  summary: 'Regular expression that must match; with !, must not match.',
  grammar: '[!]"/expression/flags[, flow:name | pkt:name | alert:name …]"',
  parse(rule, argument, at) {
    const { negated, rest } = negation(argument!);
    const parts = split(unquoteOptional(rest, 'pcre', at), at);
    const flags = parseFlags(parts.flags, at);
    const captures = [...namedGroups(parts.pattern), ...parseCaptures(parts.captures, at)];
    if (captures.length > 0 && negated) throw new RuleError('a negated pcre cannot capture', at);
    for (const { scope, name } of captures) rule.declareVariable(`${scope}:${name}`);
    const match: PcreMatch = {
      kind: 'pcre',
      pattern: parts.pattern,
      options: flags.options,
      negated,
      relative: flags.relative,
      ownLimits: flags.ownLimits,
      ...(flags.rawBytes && { rawBytes: true }),
      ...(captures.length > 0 && { captures }),
    };
    rule.context.checkExpression?.(match.pattern, match.options, at);
    add(rule, match, flags.buffer, at);
  },
};

function add(rule: RuleBuilder, match: PcreMatch, letter: string | undefined, at: Position): void {
  if (letter === undefined) {
    rule.addToBuffer(match);
    return;
  }
  if (rule.sticky && !sameBuffer(rule.buffer(at).buffer, BUFFERS[letter]!)) {
    throw new RuleError(
      `pcre flag ${letter} selects ${BUFFERS[letter]}, but a sticky buffer is active`,
      at,
      'pkt_data; before it',
    );
  }
  if (letter === 'W') checkHost(rule, match, at);
  const { protocol } = rule.context.buffers.get(BUFFERS[letter]!) ?? {};
  if (protocol !== undefined && !(letter === 'Q' && rule.sticky))
    rule.useProtocol([{ name: protocol }], `pcre with ${letter}`, at);
  if (rule.sticky) rule.addToBuffer(match);
  else rule.addToBufferNamed(BUFFERS[letter]!, match, at);
}

/** Host names are normalized to lower case. */
function checkHost(rule: RuleBuilder, { pattern, options }: PcreMatch, at: Position): void {
  const LOWER = 'Since the hostname buffer we match against is actually lowercase,';
  if (options.includes('i'))
    rule.warn(
      `http host pcre("W") specified along with "i(caseless)" modifier. ${LOWER} having a nocase is redundant.`,
      at,
    );
  else if (/[A-Z]/.test(pattern.replace(/\\./g, '')))
    throw new RuleError(
      `pcre host("W") specified has an uppercase char. ${LOWER} please specify a lowercase pcre.`,
      at,
    );
}

/** In HTTP, http.response_body and file.data are the same. */
function sameBuffer(sticky: string, chosen: string): boolean {
  return sticky === chosen || (chosen === 'http.response_body' && sticky === 'file.data');
}

interface Parts {
  readonly pattern: string;
  readonly flags: string;
  readonly captures: string;
}

function split(text: string, at: Position): Parts {
  if (!text.startsWith('/'))
    throw new RuleError(`pcre "${text}" does not start with "/"`, at, 'pcre:"/expression/";');
  const end = closingSlash(text);
  if (end === 0) throw new RuleError(`pcre "${text}" has no closing "/"`, at, 'pcre:"/expression/";');
  const behind = text.slice(end + 1);
  const comma = behind.indexOf(',');
  return {
    // Escapes of the rule language, such as \\;, mean the same in a regular expression.
    pattern: text.slice(1, end),
    flags: (comma < 0 ? behind : behind.slice(0, comma)).trim(),
    captures: comma < 0 ? '' : behind.slice(comma + 1),
  };
}

/** Flags and captures that may follow the expression. */
const BEHIND = /^[imsxAEGROBUIPQHDMCSYVWZ]*\s*(?:,\s*(?:flow|pkt|alert):[^\s,]+\s*)*$/;

/** The last slash followed only by flags and captures: names of captures may contain slashes. */
function closingSlash(text: string): number {
  const last = text.lastIndexOf('/');
  if (!/,\s*(?:flow|pkt|alert):/.test(text)) return last;
  for (let at = last; at > 0; at = text.lastIndexOf('/', at - 1)) {
    const behind = text.slice(at + 1);
    if (behind.includes(',') && BEHIND.test(behind)) return at;
  }
  return last;
}

interface Flags {
  readonly options: string;
  readonly relative: boolean;
  readonly ownLimits: boolean;
  readonly rawBytes: boolean;
  readonly buffer: string | undefined;
}

function parseFlags(text: string, at: Position): Flags {
  let options = '';
  let relative = false;
  let ownLimits = false;
  let buffer: string | undefined;
  for (const letter of text) {
    if ('imsxAEG'.includes(letter)) options += letter;
    else if (letter === 'R') relative = true;
    else if (letter === 'O') ownLimits = true;
    else if (letter in BUFFERS) {
      if (buffer !== undefined && buffer !== letter)
        throw new RuleError(`pcre flags ${buffer} and ${letter} select different buffers`, at);
      buffer = letter;
    } else if (letter !== 'B')
      throw new RuleError(`unknown pcre flag '${letter}'`, at, 'i m s x A E G R O B, or a buffer flag');
  }
  return { options, relative, ownLimits, rawBytes: text.includes('B'), buffer };
}

function* namedGroups(pattern: string): Generator<Capture> {
  for (const match of pattern.matchAll(/\(\?P<(flow|pkt|alert)_([A-Za-z0-9_]+)>/g)) {
    yield { scope: match[1] as Capture['scope'], name: match[2]! };
  }
}

function* parseCaptures(text: string, at: Position): Generator<Capture> {
  if (text.trim() === '') return;
  for (const part of text.split(',')) {
    const match = /^\s*(flow|pkt|alert):([^\s,"]+)\s*$/.exec(part);
    if (!match)
      throw new RuleError(`"${part.trim()}" is not a capture`, at, 'flow:name, pkt:name or alert:name');
    yield { scope: match[1] as Capture['scope'], name: match[2]! };
  }
}

export const pcreKeywords: readonly Keyword[] = [pcre];
