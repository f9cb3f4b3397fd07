/** vlan.id and vlan.layers. */
import * as Packet from '../../engine/packet.js';
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import { RuleError } from '../rule-error.js';
import type { Match, Position } from '../signature.js';
import type { IntegerTest } from './integers.js';
import { compileMultiInteger, type MultiIntegerTest, parseMultiInteger } from './multi-integers.js';
import { type PacketInteger, packetIntegerCompiler, packetIntegerKeyword } from './packet-integers.js';

const MAX_LAYERS = 3;

const layers: PacketInteger = {
  name: 'vlan.layers',
  summary: 'Number of VLAN tags.',
  bits: 8,
  value: at => at.memory.row[at.p + Packet.VLAN_COUNT]!,
};

/** Maximum VLAN id (IEEE 802.1Q). */
const MAX_ID = 4095;

/** @throws RuleError for impossible ids and layers */
function requirePossible({ a, b = 0, index = 0 }: MultiIntegerTest, at: Position): void {
  if (Number(a) > MAX_ID || Number(b) > MAX_ID) throw new RuleError(`vlan.id is at most ${MAX_ID}`, at);
  if (index < -MAX_LAYERS || index >= MAX_LAYERS)
    throw new RuleError(`vlan.id has no layer ${index}`, at, `${-MAX_LAYERS} to ${MAX_LAYERS - 1}`);
}

const vlanId: Keyword = {
  name: 'vlan.id',
  family: 'packet',
  summary: 'VLAN id of any tag, of all tags, or of the tag at an index.',
  grammar: '[<|>|!]number [, any|all|index]',
  features: ['integer', 'prefilter'],
  parse(rule, argument, at) {
    const test = parseMultiInteger(argument!, 'vlan.id', { bits: 16 }, at);
    requirePossible(test, at);
    rule.addCondition({ kind: 'vlan.id', test });
  },
};

const plainLayers = packetIntegerKeyword(layers);

const vlanLayers: Keyword = {
  ...plainLayers,
  parse(rule, argument, at) {
    plainLayers.parse(rule, argument, at);
    const { a, b = 0 } = (rule.last as Match & { readonly test: IntegerTest }).test;
    if (Number(a) > MAX_LAYERS || Number(b) > MAX_LAYERS + 1)
      throw new RuleError(`vlan.layers is at most ${MAX_LAYERS}`, at);
  },
};

export const vlanKeywords: readonly Keyword[] = [vlanLayers, vlanId];

export const vlanCompilers: readonly MatchCompiler[] = [
  packetIntegerCompiler(layers),
  {
    kind: 'vlan.id',
    compile(match) {
      const holds = compileMultiInteger(match.test as MultiIntegerTest);
      return at => {
        const { row } = at.memory;
        const count = Math.min(row[at.p + Packet.VLAN_COUNT]!, MAX_LAYERS);
        const ids: number[] = [];
        for (let i = 0; i < count; i++) ids.push(row[at.p + Packet.VLAN_ID_0 + i]!);
        return count > 0 && holds(ids);
      };
    },
  },
];
