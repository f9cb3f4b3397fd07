/** Keywords of the IP header: ttl, id, tos, ip_proto, sameip, fragbits, fragoffset, ipopts. */
import * as Packet from '../../engine/packet.js';
import type { Inspection, Test } from '../inspection.js';
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import { RuleError } from '../rule-error.js';
import type { Match } from '../signature.js';
import { compileInteger, type IntegerTest, parseInteger } from './integers.js';
import { IP_PROTOCOL_NUMBERS } from './ip-protocols.js';
import { type PacketInteger, packetIntegerCompiler, packetIntegerKeyword } from './packet-integers.js';

/** Offset of the IPv4 header; 0 if the packet has none. */
function ipv4(at: Inspection): number {
  const { row } = at.memory;
  return row[at.p + Packet.IP_VERSION] === 4 ? row[at.p + Packet.L3]! : 0;
}

const INTEGERS: readonly PacketInteger[] = [
  {
    name: 'ttl',
    summary: 'Time to live, or hop limit of IPv6.',
    bits: 8,
    value(at) {
      const { row, bytes } = at.memory;
      const header = row[at.p + Packet.L3]!;
      if (header === 0) return Number.NaN;
      const version = row[at.p + Packet.IP_VERSION]!;
      return version === 4 ? bytes[header + 8]! : version === 6 ? bytes[header + 7]! : Number.NaN;
    },
  },
  {
    name: 'id',
    summary: 'Identification field of the IPv4 header.',
    bits: 16,
    value(at) {
      const header = ipv4(at);
      return header === 0 ? Number.NaN : at.memory.view.getUint16(header + 4);
    },
  },
  {
    name: 'tos',
    summary: 'Type of service field of the IPv4 header.',
    bits: 8,
    value(at) {
      const header = ipv4(at);
      return header === 0 ? Number.NaN : at.memory.bytes[header + 1]!;
    },
  },
  {
    name: 'fragoffset',
    summary: 'Fragment offset, in units of eight bytes.',
    bits: 16,
    value(at) {
      const header = ipv4(at);
      return header === 0 ? Number.NaN : at.memory.view.getUint16(header + 6) & 0x1fff;
    },
  },
];

const ipProto: Keyword = {
  name: 'ip_proto',
  family: 'packet',
  summary: 'Protocol number of the IP header.',
  grammar: '[<|>|!]number | [!]name',
  features: ['compatible with IP-only rule'],
  parse(rule, argument, at) {
    const text = argument!.replace(/^"(.*)"$/, '$1').replace(/^!\s+/, '!');
    rule.addCondition({
      kind: 'ip_proto',
      test: parseInteger(text, 'ip_proto', { bits: 8, names: IP_PROTOCOL_NUMBERS }, at),
    });
  },
};

const sameip: Keyword = {
  name: 'sameip',
  family: 'packet',
  summary: 'Source and destination address are equal.',
  grammar: '',
  features: ['no option', 'compatible with IP-only rule'],
  parse: rule => rule.addCondition({ kind: 'sameip' }),
};

/** Bits in the flags and offset field of IPv4. */
const FRAGMENT_BITS: Readonly<Record<string, number>> = { R: 0x8000, D: 0x4000, M: 0x2000 };

const fragbits: Keyword = {
  name: 'fragbits',
  family: 'packet',
  summary: "Fragmentation bits: M more fragments, D don't fragment, R reserved.",
  grammar: '[+|*|!]MDR',
  features: ['prefilter'],
  parse(rule, argument, at) {
    const match = /^([+*!]?)\s*([MDR]+)([+*!]?)$/.exec(argument!);
    if (!match) throw new RuleError(`invalid fragbits "${argument}"`, at, fragbits.grammar);
    let bits = 0;
    for (const letter of match[2]!) bits |= FRAGMENT_BITS[letter]!;
    rule.addCondition({ kind: 'fragbits', modifier: match[1] || match[3] || '', bits });
  },
};

/** IPv4 options by number. */
const OPTIONS: Readonly<Record<string, number>> = {
  eol: 0,
  nop: 1,
  rr: 7,
  qs: 25,
  ts: 68,
  sec: 130,
  lsrr: 131,
  esec: 133,
  cipso: 134,
  satid: 136,
  ssrr: 137,
  rtralt: 148,
};

/** The name of an option in rules. @param option -1 for any */
export function ipOptionName(option: number): string {
  return Object.keys(OPTIONS).find(name => OPTIONS[name] === option) ?? 'any';
}

const ipopts: Keyword = {
  name: 'ipopts',
  family: 'packet',
  summary: 'Option of the IPv4 header.',
  grammar: 'rr | eol | nop | ts | sec | esec | lsrr | lsrre | ssrr | satid | rtralt | qs | cipso | any',
  parse(rule, argument, at) {
    const name = argument === 'lsrre' ? 'lsrr' : argument!;
    if (name !== 'any' && !Object.hasOwn(OPTIONS, name))
      throw new RuleError(`unknown IP option "${argument}"`, at, ipopts.grammar);
    rule.addCondition({ kind: 'ipopts', option: name === 'any' ? -1 : OPTIONS[name]! });
  },
};

/** Bit modifiers: `+` these and others, `*` any of these, `!` not all of these, none: exactly these. */
export function compileBits(modifier: string, bits: number): (value: number) => boolean {
  switch (modifier) {
    case '+':
      return value => (value & bits) === bits;
    case '*':
      return value => (value & bits) !== 0;
    case '!':
      return value => (value & bits) !== bits;
    default:
      return value => value === bits;
  }
}

/** Searches the options of an IPv4 header, `bytes[start, end)`. */
function hasOption(bytes: Uint8Array, start: number, end: number, option: number): boolean {
  for (let i = start; i < end; ) {
    const type = bytes[i]!;
    if (type === option) return true;
    if (type === 0) return false;
    i += type === 1 ? 1 : Math.max(2, bytes[i + 1]!);
  }
  return false;
}

function optionTest(option: number): Test {
  return at => {
    const header = ipv4(at);
    if (header === 0) return false;
    const { bytes } = at.memory;
    const end = header + (bytes[header]! & 15) * 4;
    return option < 0 ? end > header + 20 : hasOption(bytes, header + 20, end, option);
  };
}

function sameAddresses(at: Inspection): boolean {
  const { row, bytes } = at.memory;
  const header = row[at.p + Packet.L3]!;
  const version = row[at.p + Packet.IP_VERSION]!;
  if (header === 0 || (version !== 4 && version !== 6)) return false;
  const [first, length] = version === 4 ? [header + 12, 4] : [header + 8, 16];
  for (let i = first; i < first + length; i++) if (bytes[i] !== bytes[i + length]) return false;
  return true;
}

/** tos also accepts hexadecimal numbers such as `x88`. */
function withShortHexadecimals(keyword: Keyword): Keyword {
  if (keyword.name !== 'tos') return keyword;
  return {
    ...keyword,
    parse: (rule, argument, at) => keyword.parse(rule, argument!.replace(/^(!?)\s*x/i, '$10x'), at),
  };
}

export const ipKeywords: readonly Keyword[] = [
  ...INTEGERS.map(packetIntegerKeyword).map(withShortHexadecimals),
  ipProto,
  sameip,
  fragbits,
  ipopts,
];

export const ipCompilers: readonly MatchCompiler[] = [
  ...INTEGERS.map(packetIntegerCompiler),
  {
    kind: 'ip_proto',
    compile(match) {
      const holds = compileInteger(match.test as IntegerTest);
      return at => {
        const protocol = at.memory.row[at.p + Packet.PROTOCOL]!;
        return protocol >= 0 && at.memory.row[at.p + Packet.IP_VERSION] !== 0 && holds(protocol);
      };
    },
  },
  { kind: 'sameip', compile: () => sameAddresses },
  {
    kind: 'fragbits',
    compile(match: Match) {
      const holds = compileBits(match.modifier as string, match.bits as number);
      return at => {
        const header = ipv4(at);
        return header !== 0 && holds(at.memory.view.getUint16(header + 6) & 0xe000);
      };
    },
  },
  { kind: 'ipopts', compile: match => optionTest(match.option as number) },
];
