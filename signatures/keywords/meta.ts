/** Keywords that describe the rule: msg, sid, rev, gid, classtype, priority, reference, metadata, target. */

import { nearest } from '../../engine/nearest.js';
import type { Keyword } from '../keyword.js';
import { unquote, unquoteOptional } from '../parser/quoted.js';
import { decodeText } from '../parser/source.js';
import type { RuleBuilder } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';
import type { Position } from '../signature.js';

const MAXIMUM_ID = 0xffffffff;

/** An unsigned integer, optionally quoted. */
function number(argument: string, keyword: string, minimum: number, maximum: number, at: Position): number {
  const text = unquoteOptional(argument, keyword, at).trim();
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= minimum && value <= maximum) return value;
  throw new RuleError(`invalid ${keyword} "${argument}"`, at, `a number from ${minimum} to ${maximum}`);
}

const msg: Keyword = {
  name: 'msg',
  family: 'none',
  summary: 'Message of the alert.',
  grammar: '"text"',
  parse(rule, argument, at) {
    const text = decodeText(unquote(argument!, 'msg', at));
    rule.msg = text.includes('\\') ? text.replace(/\\(.)/gs, '$1') : text;
  },
};

const sid = numbered('sid', 'Signature id of the rule.', 1);
const rev = numbered('rev', 'Revision of the rule.', 1);
const gid = numbered('gid', 'Group id of the signature id (default 1).', 0);

function numbered(name: 'sid' | 'rev' | 'gid', summary: string, least: number): Keyword {
  return {
    name,
    family: 'none',
    summary,
    grammar: 'number',
    parse(rule, argument, at) {
      if (!rule.once(name)) throw new RuleError(`duplicated ${name}`, at);
      rule[name] = number(argument!, name, least, MAXIMUM_ID, at);
    },
  };
}

const classtype: Keyword = {
  name: 'classtype',
  family: 'none',
  summary: 'Class of the activity, from classification.config; sets the default priority.',
  grammar: 'name',
  parse(rule, argument, at) {
    const name = unquoteOptional(argument!, 'classtype', at).trim().toLowerCase();
    if (!/^[a-z][a-z0-9-_]*$/.test(name)) throw new RuleError(`invalid classtype "${argument}"`, at);
    if (!rule.once('classtype'))
      rule.warn(`duplicated 'classtype' keyword detected. Using instance with highest priority`, at);
    const { classifications, shared } = rule.context;
    if (!classifications.has(name)) unknownClasstype(rule, name, at);
    const before = rule.classtype && classifications.get(rule.classtype);
    if (!before || before.priority > (classifications.get(name)?.priority ?? 3))
      rule.classtype = shared.text(name);
  },
};

function unknownClasstype(rule: RuleBuilder, name: string, at: Position): void {
  const { context } = rule;
  const suggestion = nearest(name, context.classifications.keys());
  if (context.strict.has('classtype') || context.strict.has('all'))
    throw new RuleError(`unknown classtype '${name}'`, at, suggestion);
  rule.warnMissingName(`unknown classtype: "${name}", using default priority 3`, at, suggestion);
}

const priority: Keyword = {
  name: 'priority',
  family: 'none',
  summary: 'Priority of the alert, 1 is the highest; overrides that of the classtype.',
  grammar: 'number',
  parse(rule, argument, at) {
    if (!rule.once('priority')) rule.warn("duplicated 'priority' keyword detected. Using last one", at);
    rule.priority = number(argument!, 'priority', 0, 255, at);
  },
};

const reference: Keyword = {
  name: 'reference',
  family: 'none',
  summary: 'Further information: a type from reference.config and the rest of the address.',
  grammar: 'type, value',
  parse(rule, argument, at) {
    const text = unquoteOptional(argument!, 'reference', at);
    const comma = text.indexOf(',');
    const type = (comma < 0 ? text : text.slice(0, comma)).trim().toLowerCase();
    const value = comma < 0 ? '' : text.slice(comma + 1).trim();
    if (!/^[a-z0-9_-]+$/.test(type) || value === '')
      throw new RuleError(`invalid reference "${argument}"`, at, 'type,value');
    const { context } = rule;
    if (!context.references.has(type)) {
      const message = `unknown reference key "${type}"`;
      const suggestion = nearest(type, context.references.keys());
      if (context.strict.has('reference') || context.strict.has('all'))
        throw new RuleError(message, at, suggestion);
      rule.warnMissingName(message, at, suggestion);
    }
    rule.references.push(context.shared.text(`${type},${decodeText(value).replaceAll('\\', '')}`));
  },
};

const metadata: Keyword = {
  name: 'metadata',
  family: 'none',
  summary: 'Keys and values that are copied to the alert.',
  grammar: 'name value[, name value …]',
  parse(rule, argument) {
    const { shared } = rule.context;
    rule.metadata ??= {};
    const values = rule.metadata;
    for (const part of decodeText(argument!).split(',')) {
      const entry = part.trim();
      const blank = entry.search(/\s/);
      if (blank < 0) continue;
      const name = entry.slice(0, blank);
      if (name === '__proto__') continue;
      const value = entry.slice(blank + 1).trimStart();
      const known = Object.hasOwn(values, name) ? values[name] : undefined;
      values[shared.text(name)] = known ? [...known, shared.text(value)] : shared.listOf(value);
    }
  },
};

const target: Keyword = {
  name: 'target',
  family: 'none',
  summary: 'Side that is the target of the attack.',
  grammar: 'src_ip | dest_ip',
  parse(rule, argument, at) {
    const side = argument!.trim();
    if (side !== 'src_ip' && side !== 'dest_ip')
      throw new RuleError(`only src_ip and dest_ip are supported as "target", not "${side}"`, at, 'src_ip');
    if (rule.target && rule.target !== side)
      throw new RuleError('target is already set to the other side', at);
    rule.target = side;
  },
};

export const metaKeywords: readonly Keyword[] = [
  msg,
  sid,
  rev,
  gid,
  classtype,
  priority,
  reference,
  metadata,
  target,
];
