/** lua: a script decides whether the rule matches. */
import type { LuaTable, LuaValue } from '../../engine/lua.js';
import * as Packet from '../../engine/packet.js';
import type { Inspection } from '../inspection.js';
import type { Keyword } from '../keyword.js';
import { packetOf, payloadOf } from '../lua/libraries/packet.js';
import { RunningScript, type ScriptText } from '../lua/runner.js';
import type { MatchCompiler } from '../match-compiler.js';
import type { RuleBuilder } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';
import type { Match, Position } from '../signature.js';

export interface LuaMatch extends Match {
  readonly kind: 'lua';
  readonly negated: boolean;
  readonly script: ScriptText;
  /** Fields of the table passed to `match`. */
  readonly needs: readonly string[];
  /** Additional keywords it requests. */
  readonly asks: readonly string[];
  /** The script is evaluated with the conditions on a buffer; on the payload if there is no transaction. */
  readonly on?: 'buffer' | 'payload';
}

/** Names that a script may request in `init`. */
const PACKET_DATA = new Set(['packet', 'payload', 'buffer', 'stream']);
/** Additional names, of transaction values: the sticky buffer for each. */
const BUFFERS: ReadonlyMap<string, string> = new Map([
  ['ja3', 'ja3.string'],
  ['ja3s', 'ja3s.string'],
  ['http.uri', 'http.uri'],
  ['http.uri.raw', 'http.uri.raw'],
  ['http.request_line', 'http.request_line'],
  ['http.request_headers', 'http.request_header'],
  ['http.request_headers.raw', 'http.header.raw'],
  ['http.request_cookie', 'http.cookie'],
  ['http.request_user_agent', 'http.user_agent'],
  ['http.request_body', 'http.request_body'],
  ['http.response_headers', 'http.response_header'],
  ['http.response_headers.raw', 'http.header.raw'],
  ['http.response_body', 'http.response_body'],
  ['http.response_cookie', 'http.cookie'],
]);

function parse(rule: RuleBuilder, argument: string | undefined, at: Position): void {
  const [, not, name] = /^(!?)\s*(.+)$/.exec(argument!)!;
  const { scripts } = rule.context;
  const script = scripts.read(name!, rule.variables, at);
  const asked = new Set<string>();
  const needs = scripts.withScript(script, at, asked, opened => {
    if (!opened.has('init')) throw new RuleError('no init function in script', at, 'function init(args)');
    if (!opened.has('match')) throw new RuleError('no match function in script', at, 'function match(args)');
    return requestedData(opened.call('init', [{}], 1)[0], at);
  });
  add(rule, { kind: 'lua', negated: not === '!', script, needs, asks: [...asked] }, at);
}

/** Names with the value true; requested variables are handled by their libraries. @throws RuleError */
function requestedData(table: LuaValue, at: Position): string[] {
  if (typeof table !== 'object')
    throw new RuleError('init function of script returned no table', at, 'return {}');
  const names = Object.entries(table as LuaTable)
    .filter(([, value]) => value === true || value === 'true')
    .map(([name]) => name);
  const unknown = names.find(name => !PACKET_DATA.has(name) && !BUFFERS.has(name));
  if (unknown !== undefined)
    throw new RuleError(
      `unsupported data type ${unknown}`,
      at,
      [...PACKET_DATA, ...BUFFERS.keys()].join(', '),
    );
  return names;
}

/** By default a script runs after all other conditions hold. */
function add(rule: RuleBuilder, match: LuaMatch, at: Position): void {
  const { needs } = match;
  const ofTransaction = needs.find(name => BUFFERS.has(name));
  if (ofTransaction !== undefined)
    rule.addToBufferNamed(BUFFERS.get(ofTransaction)!, { ...match, on: 'buffer' }, at);
  else if (needs.includes('buffer') || needs.includes('stream') || stickyWithoutCondition(rule, at))
    rule.addToBuffer({ ...match, on: rule.sticky ? 'buffer' : 'payload' });
  else rule.addCondition(match);
}

function stickyWithoutCondition(rule: RuleBuilder, at: Position): boolean {
  return rule.sticky && rule.buffer(at).conditions.length === 0;
}

export const luaKeywords: readonly Keyword[] = [
  {
    name: 'lua',
    aliases: ['luajit'],
    family: 'packet',
    summary: 'Runs a Lua script that decides whether the rule matches.',
    grammar: '[!]script',
    parse,
  },
];

export const luaCompilers: readonly MatchCompiler[] = [
  {
    kind: 'lua',
    compile(match, environment) {
      const { script, needs, negated, on } = match as LuaMatch;
      const running = new RunningScript(script, environment);
      const values = new Map(needs.map(name => [name, dataSource(name)]));
      const needsPayload = needs.includes('payload');
      return at => {
        if (needsPayload && at.memory.row[at.p + Packet.PAYLOAD_LENGTH] === 0) return false;
        if (on === 'payload') at.transaction = undefined;
        const given: Record<string, LuaValue> = {};
        for (const [name, value] of values) given[name] = value(at);
        const result = running.call('match', at, [given], 1);
        // After a script error there is no result: neither the condition nor its negation holds.
        return result !== undefined && isMatch(result[0]) !== negated;
      };
    },
  },
];

function dataSource(name: string): (at: Inspection) => LuaValue {
  if (name === 'packet') return packetOf;
  if (name === 'payload') return payloadOf;
  return at => at.bytes.subarray(at.start, at.end);
}

/** 1 is a match, as a number or as `retval` of a table. */
function isMatch(result: LuaValue): boolean {
  if (typeof result === 'object') return isMatch((result as LuaTable)['retval']);
  return typeof result !== 'boolean' && Number(result) === 1;
}
