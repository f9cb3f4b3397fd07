/** flow.age, flow.pkts, flow.bytes and stream_size: counters of the flow up to the current packet. */
import * as Flow from '../../engine/flow/flow-record.js';
import * as Packet from '../../engine/packet.js';
import type { Inspection } from '../inspection.js';
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import type { RuleBuilder } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';
import type { Match, Position } from '../signature.js';
import { compileInteger, type IntegerTest, parseInteger } from './integers.js';

type Side = 'toserver' | 'toclient' | 'both' | 'either';

export interface FlowCounterMatch extends Match {
  readonly kind: 'flow.age' | 'flow.pkts' | 'flow.bytes' | 'stream_size';
  readonly side: Side;
  readonly test: IntegerTest;
}

const SIDES = new Set(['toserver', 'toclient', 'both', 'either']);

function parseCounter(kind: 'flow.pkts' | 'flow.bytes', bits: 32 | 64) {
  return (rule: RuleBuilder, argument: string | undefined, at: Position): void => {
    const [side = '', ...rest] = argument!.split(',').map(each => each.trim());
    if (!SIDES.has(side) || rest.length !== 1)
      throw new RuleError(`invalid ${kind} "${argument}"`, at, `${kind}:toserver,>5`);
    add(rule, kind, side as Side, parseInteger(rest[0]!, kind, { bits }, at));
  };
}

function oneSided(kind: 'flow.pkts' | 'flow.bytes', name: string, side: Side, bits: 32 | 64): Keyword {
  return {
    name,
    family: 'flow',
    summary: `${kind === 'flow.pkts' ? 'Packets' : 'Bytes'} of the flow ${side.replace('to', 'to the ')} so far.`,
    grammar: '[<|>|<=|>=|!]number | number-number',
    features: ['integer'],
    parse: (rule, argument, at) => add(rule, kind, side, parseInteger(argument!, name, { bits }, at)),
  };
}

function add(rule: RuleBuilder, kind: FlowCounterMatch['kind'], side: Side, test: IntegerTest): void {
  const match: FlowCounterMatch = { kind, side, test };
  rule.addCondition(match);
}

const STREAM_SIDES: Readonly<Record<string, Side>> = {
  server: 'toclient',
  client: 'toserver',
  both: 'both',
  either: 'either',
};
const STREAM_OPERATORS = new Set(['<', '>', '=', '!=', '<=', '>=']);

function parseStreamSize(rule: RuleBuilder, argument: string | undefined, at: Position): void {
  const [side = '', operator = '', size = '', ...rest] = argument!.split(',').map(each => each.trim());
  const known = Object.hasOwn(STREAM_SIDES, side) ? STREAM_SIDES[side] : undefined;
  if (!known || !STREAM_OPERATORS.has(operator) || !/^\d{1,10}$/.test(size) || rest.length > 0) {
    throw new RuleError(`invalid stream_size "${argument}"`, at, 'stream_size:client,>,1000');
  }
  add(rule, 'stream_size', known, { mode: operator as IntegerTest['mode'], a: Number(size) });
}

export const flowCounterKeywords: readonly Keyword[] = [
  {
    name: 'flow.age',
    family: 'flow',
    summary: 'Age of the flow in seconds, since its first packet.',
    grammar: '[<|>|<=|>=|!]seconds | seconds-seconds',
    features: ['integer'],
    parse: (rule, argument, at) =>
      add(rule, 'flow.age', 'both', parseInteger(argument!, 'flow.age', { bits: 32 }, at)),
  },
  {
    name: 'flow.pkts',
    family: 'flow',
    summary: 'Packets of the flow so far.',
    grammar: 'toserver | toclient | both | either, [<|>|<=|>=|!]number',
    features: ['integer'],
    parse: parseCounter('flow.pkts', 32),
  },
  {
    name: 'flow.bytes',
    family: 'flow',
    summary: 'Bytes of the flow so far.',
    grammar: 'toserver | toclient | both | either, [<|>|<=|>=|!]number',
    features: ['integer'],
    parse: parseCounter('flow.bytes', 64),
  },
  oneSided('flow.pkts', 'flow.pkts_toserver', 'toserver', 32),
  oneSided('flow.pkts', 'flow.pkts_toclient', 'toclient', 32),
  oneSided('flow.bytes', 'flow.bytes_toserver', 'toserver', 64),
  oneSided('flow.bytes', 'flow.bytes_toclient', 'toclient', 64),
  {
    name: 'stream_size',
    family: 'flow',
    summary: 'Number of stream bytes seen.',
    grammar: 'server | client | both | either, < | > | = | != | <= | >=, bytes',
    parse: parseStreamSize,
  },
];

type Count = (at: Inspection) => number;

const packets: readonly [Count, Count] = [
  at => Packet.flowPacketsOf(at.memory.row, at.p, true),
  at => Packet.flowPacketsOf(at.memory.row, at.p, false),
];
const bytes: readonly [Count, Count] = [
  at => at.memory.row64[at.slot * Packet.DOUBLES + Packet.FLOW_BYTES_TO_SERVER]!,
  at => at.memory.row64[at.slot * Packet.DOUBLES + Packet.FLOW_BYTES_TO_CLIENT]!,
];

function counterCompiler(
  kind: 'flow.pkts' | 'flow.bytes',
  [toServer, toClient]: readonly [Count, Count],
): MatchCompiler {
  return {
    kind,
    compile(match) {
      const { side, test } = match as FlowCounterMatch;
      const holds = compileInteger(test);
      return at => {
        if (at.flow < 0) return false;
        const server = toServer(at);
        const client = toClient(at);
        switch (side) {
          case 'toserver':
            return holds(server);
          case 'toclient':
            return holds(client);
          case 'both':
            return holds(server + client);
          default:
            return holds(server) || holds(client);
        }
      };
    },
  };
}

/** Bytes of each direction of the stream, from the packet's own sequence numbers. */
export const STREAM_SIZES = 'stream-sizes';

export interface StreamSizes {
  size(flow: number, toServer: boolean): number;
}

export const flowCounterCompilers: readonly MatchCompiler[] = [
  counterCompiler('flow.pkts', packets),
  counterCompiler('flow.bytes', bytes),
  {
    kind: 'flow.age',
    compile(match) {
      const holds = compileInteger((match as FlowCounterMatch).test);
      return at => {
        if (at.flow < 0) return false;
        return holds(Packet.secondsOf(at.memory.row, at.p) - Flow.startSecondsOf(at.flows.row, at.f));
      };
    },
  },
  {
    kind: 'stream_size',
    compile(match, environment) {
      const { side, test } = match as FlowCounterMatch;
      const holds = compileInteger(test);
      const sizes = environment.stores.get(STREAM_SIZES) as StreamSizes;
      return at => {
        if (at.flow < 0) return false;
        const server = () => holds(sizes.size(at.flow, true));
        const client = () => holds(sizes.size(at.flow, false));
        switch (side) {
          case 'toserver':
            return server();
          case 'toclient':
            return client();
          case 'both':
            return server() && client();
          default:
            return server() || client();
        }
      };
    },
  },
];
