/** TCP header keywords: flags, seq, ack, window, options. */

import { maximumSegmentSize, windowScale } from '../../engine/packet/tcp-options.js';
import * as Packet from '../../engine/packet.js';
import type { Inspection } from '../inspection.js';
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import { RuleError } from '../rule-error.js';
import type { Position } from '../signature.js';
import { compileBits } from './ip.js';
import { type PacketInteger, packetIntegerCompiler, packetIntegerKeyword } from './packet-integers.js';

const TCP = 6;

/** Offset of the TCP header; 0 if the packet has none. */
function header(at: Inspection): number {
  const { row } = at.memory;
  return row[at.p + Packet.PROTOCOL] === TCP ? row[at.p + Packet.L4]! : 0;
}

/** An option's value as returned by `read`; without a header there are no options, and -1 means no value. */
function option(at: Inspection, read: (bytes: Uint8Array, header: number) => number): number {
  const start = header(at);
  const value = start === 0 ? -1 : read(at.memory.bytes, start);
  return value === -1 ? Number.NaN : value;
}

const INTEGERS: readonly PacketInteger[] = [
  {
    name: 'tcp.seq',
    aliases: ['seq'],
    summary: 'Sequence number.',
    bits: 32,
    value: at => (header(at) === 0 ? Number.NaN : at.memory.row[at.p + Packet.TCP_SEQ]! >>> 0),
  },
  {
    name: 'tcp.ack',
    aliases: ['ack'],
    summary: 'Acknowledgment number.',
    bits: 32,
    value: at => (header(at) === 0 ? Number.NaN : at.memory.row[at.p + Packet.TCP_ACK]! >>> 0),
  },
  {
    name: 'tcp.window',
    aliases: ['window'],
    summary: 'Window size, before scaling.',
    bits: 16,
    value: at => (header(at) === 0 ? Number.NaN : at.memory.row[at.p + Packet.TCP_WINDOW]!),
  },
  {
    name: 'tcp.mss',
    summary: 'Maximum segment size option.',
    bits: 16,
    value: at => option(at, maximumSegmentSize),
  },
  {
    name: 'tcp.wscale',
    summary: 'Window scale option.',
    bits: 8,
    value: at => option(at, windowScale),
  },
];

const FLAGS: Readonly<Record<string, number>> = {
  F: 1,
  S: 2,
  R: 4,
  P: 8,
  A: 16,
  U: 32,
  E: 64,
  '2': 64,
  C: 128,
  '1': 128,
  '0': 0,
};

const flags: Keyword = {
  name: 'tcp.flags',
  aliases: ['flags'],
  family: 'packet',
  summary: 'Flags of the TCP header; those after the comma are ignored.',
  grammar: '[+|*|!]FSRPAUEC0[, ignored flags]',
  features: ['prefilter'],
  parse(rule, argument, at) {
    const match = /^([+*!]?)\s*([A-Za-z0-9]+)\s*([+*!]?)\s*(?:,\s*([A-Za-z0-9]+))?$/.exec(
      argument!.replace(/^"(.*)"$/, '$1'),
    );
    if (!match || (match[1] && match[3]))
      throw new RuleError(`invalid flags "${argument}"`, at, flags.grammar);
    rule.addCondition({
      kind: 'tcp.flags',
      modifier: match[1] || match[3] || '',
      bits: flagBits(match[2]!, at),
      ignored: match[4] === undefined ? 0 : flagBits(match[4], at),
    });
  },
};

function flagBits(text: string, at: Position): number {
  let bits = 0;
  for (const letter of text.toUpperCase()) {
    const bit = FLAGS[letter];
    if (bit === undefined)
      throw new RuleError(`unknown TCP flag "${letter}"`, at, 'F S R P A U E C, 0 for none');
    bits |= bit;
  }
  return bits;
}

export const tcpKeywords: readonly Keyword[] = [...INTEGERS.map(packetIntegerKeyword), flags];

export const tcpCompilers: readonly MatchCompiler[] = [
  ...INTEGERS.map(packetIntegerCompiler),
  {
    kind: 'tcp.flags',
    compile(match) {
      const holds = compileBits(match.modifier as string, match.bits as number);
      const looked = 0xff & ~(match.ignored as number);
      return at => header(at) !== 0 && holds(at.memory.row[at.p + Packet.TCP_FLAGS]! & looked);
    },
  },
];
