/** Keywords that compare a number in a packet's headers, built from declarations. */

import type { Inspection } from '../inspection.js';
import type { Keyword, KeywordFeature } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import type { Match } from '../signature.js';
import { compileInteger, type IntegerTest, parseInteger } from './integers.js';

export interface PacketInteger {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly bits: 8 | 16 | 32;
  readonly names?: Readonly<Record<string, number>>;
  readonly prefilter?: boolean;
  /** The number; NaN if the packet has none. */
  value(at: Inspection): number;
}

export interface PacketIntegerMatch extends Match {
  readonly test: IntegerTest;
}

/** The condition's kind is the keyword's name. */
export function packetIntegerKeyword(declared: PacketInteger): Keyword {
  const features: KeywordFeature[] = ['integer'];
  if (declared.prefilter !== false) features.push('prefilter');
  const syntax = { bits: declared.bits, ...(declared.names && { names: declared.names }) };
  return {
    name: declared.name,
    ...(declared.aliases && { aliases: declared.aliases }),
    family: 'packet',
    summary: declared.summary,
    grammar: '[<|>|<=|>=|!]number | number<>number | &mask=number',
    features,
    parse(rule, argument, at) {
      const text = argument!.startsWith('"') && argument!.endsWith('"') ? argument!.slice(1, -1) : argument!;
      rule.addCondition({ kind: declared.name, test: parseInteger(text, declared.name, syntax, at) });
    },
  };
}

export function packetIntegerCompiler(declared: PacketInteger): MatchCompiler {
  return {
    kind: declared.name,
    value: at => declared.value(at),
    compile(match) {
      const holds = compileInteger((match as PacketIntegerMatch).test);
      return at => {
        const value = declared.value(at);
        return !Number.isNaN(value) && holds(value);
      };
    },
  };
}
