/** Keywords of the TCP header: flags, seq, ack, window, options. */
import * as Packet from '../../engine/packet.js';
import type { Inspection } from '../inspection.js';
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import { RuleError } from '../rule-error.js';
import type { Position } from '../signature.js';
import { compileBits } from './ip.js';
import { type PacketInteger, packetIntegerCompiler, packetIntegerKeyword } from './packet-integers.js';

const TCP = 6;
const OPTION_MSS = 2;
const OPTION_WINDOW_SCALE = 3;

/** Offset of the TCP header, 0 when the packet has none. */
function header(at: Inspection): number {
  const { row } = at.memory;
  return row[at.p + Packet.PROTOCOL] === TCP ? row[at.p + Packet.L4]! : 0;
}

/** Offset of the value of an option (RFC 9293 section 3.1), 0 when it is not there. */
function optionValue(at: Inspection, kind: number, length: number): number {
  const start = header(at);
  if (start === 0) return 0;
  const { bytes } = at.memory;
  const end = start + (bytes[start + 12]! >>> 4) * 4;
  for (let i = start + 20; i < end; ) {
    const type = bytes[i]!;
    if (type === 0) return 0;
    const size = type === 1 ? 1 : Math.max(2, bytes[i + 1]!);
    if (type === kind) return size === length && i + size <= end ? i + 2 : 0;
    i += size;
  }
  return 0;
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
    summary: 'Window, before scaling.',
    bits: 16,
    value: at => (header(at) === 0 ? Number.NaN : at.memory.row[at.p + Packet.TCP_WINDOW]!),
  },
  {
    name: 'tcp.mss',
    summary: 'Maximum segment size option.',
    bits: 16,
    value(at) {
      const offset = optionValue(at, OPTION_MSS, 4);
      return offset === 0 ? Number.NaN : at.memory.view.getUint16(offset);
    },
  },
  {
    name: 'tcp.wscale',
    summary: 'Window scale option.',
    bits: 8,
    value(at) {
      const offset = optionValue(at, OPTION_WINDOW_SCALE, 3);
      return offset === 0 ? Number.NaN : at.memory.bytes[offset]!;
    },
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
  summary: 'Flags of the TCP header; those behind the comma are not looked at.',
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
