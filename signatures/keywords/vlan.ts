/** vlan.id and vlan.layers. */
import * as Packet from '../../engine/packet.js';
import type { Keyword, MatchCompiler } from '../keyword.js';
import { compileMultiInteger, type MultiIntegerTest, parseMultiInteger } from './multi-integers.js';
import { type PacketInteger, packetIntegerCompiler, packetIntegerKeyword } from './packet-integers.js';

const MOST_LAYERS = 3;

const layers: PacketInteger = {
  name: 'vlan.layers',
  summary: 'Number of VLAN tags.',
  bits: 8,
  value: at => at.memory.row[at.p + Packet.VLAN_COUNT]!,
};

const vlanId: Keyword = {
  name: 'vlan.id',
  family: 'packet',
  summary: 'VLAN id of a tag; all of them, or the one of a number.',
  grammar: '[<|>|!]number [, any|all|index]',
  features: ['integer', 'prefilter'],
  parse: (rule, argument, at) =>
    rule.addCondition({ kind: 'vlan.id', test: parseMultiInteger(argument!, 'vlan.id', { bits: 16 }, at) }),
};

export const vlanKeywords: readonly Keyword[] = [packetIntegerKeyword(layers), vlanId];

export const vlanCompilers: readonly MatchCompiler[] = [
  packetIntegerCompiler(layers),
  {
    kind: 'vlan.id',
    compile(match) {
      const holds = compileMultiInteger(match.test as MultiIntegerTest);
      return at => {
        const { row } = at.memory;
        const count = Math.min(row[at.p + Packet.VLAN_COUNT]!, MOST_LAYERS);
        const ids: number[] = [];
        for (let i = 0; i < count; i++) ids.push(row[at.p + Packet.VLAN_ID_0 + i]!);
        return count > 0 && holds(ids);
      };
    },
  },
];
