/**
 * Parses filter expressions, after pcap-filter(7). `and` and `or` have equal precedence and associate left; `not` binds
 * tighter (as in pcap-filter).
 */
import { parseAddress } from '../../address.js';
import { parseNetwork } from '../../prefix-table.js';
import { numberOf, portOfService } from './names.js';
import { beginsRelation, parseRelation } from './relation.js';
import {
  anyEtherTypeOf,
  type Ends,
  inNetwork,
  inPorts,
  inVlan,
  isBroadcast,
  isMulticast,
  isProtocol,
  isStation,
  ofNumber,
  ofProtocol,
  protocolNumber,
  type Test,
} from './tests.js';
import { type FilterError, Words } from './words.js';

/** Deepest nesting. */
const MAX_DEPTH = 64;

const KINDS = ['host', 'net', 'port', 'portrange', 'proto'] as const;
type Kind = (typeof KINDS)[number];

/** Qualifiers before an address, port or name; inherited by the next one if it has none. */
interface Qualifiers {
  readonly protocol?: string;
  readonly ends: Ends;
  readonly kind?: Kind;
}

/** @throws FilterError */
export function parseFilter(expression: string): Test {
  return new Parser(expression).parseAll();
}

class Parser {
  private readonly words: Words;
  private depth = 0;
  private before: Qualifiers = { ends: 'either' };

  constructor(expression: string) {
    this.words = new Words(expression);
  }

  parseAll(): Test {
    const test = this.list();
    if (!this.words.isAtEnd) this.words.fail('and, or, or the end');
    return test;
  }

  private list(): Test {
    let left = this.single();
    for (;;) {
      if (this.words.take('and', '&&')) left = conjunction(left, this.single());
      else if (this.words.take('or', '||')) left = disjunction(left, this.single());
      else return left;
    }
  }

  private single(): Test {
    const { words } = this;
    if (++this.depth > MAX_DEPTH) words.fail(`at most ${MAX_DEPTH} levels`);
    const test = words.take('not', '!')
      ? negation(this.single())
      : words.peek() === '('
        ? this.bracket()
        : beginsRelation(words)
          ? parseRelation(words)
          : this.condition();
    this.depth--;
    return test;
  }

  /** An expression in parentheses may be the first operand of a relation. Of two errors, the later one is reported. */
  private bracket(): Test {
    const { words } = this;
    const start = words.at;
    try {
      return parseRelation(words);
    } catch (reason) {
      words.at = start + 1;
      try {
        return this.group();
      } catch (error) {
        throw (reason as FilterError).at > (error as FilterError).at ? reason : error;
      }
    }
  }

  private group(): Test {
    const test = this.list();
    if (!this.words.take(')')) this.words.fail(')');
    return test;
  }

  private condition(): Test {
    const { words } = this;
    if (words.take('less')) return this.length((length, bound) => length <= bound);
    if (words.take('greater')) return this.length((length, bound) => length >= bound);
    if (words.take('vlan')) return inVlan(this.optionalNumber(4095));
    return this.toAll() ?? this.qualified();
  }

  /** `broadcast`, `ip multicast` */
  private toAll(): Test | undefined {
    const { words } = this;
    const over = ['ether', 'ip', 'ip6'].find(known => known === words.peek());
    const what = words.peek(over === undefined ? 0 : 1);
    if (what !== 'multicast' && (what !== 'broadcast' || over === 'ip' || over === 'ip6')) return undefined;
    words.at += over === undefined ? 1 : 2;
    return what === 'broadcast' ? isBroadcast() : isMulticast(over ?? 'ether');
  }

  private qualified(): Test {
    const qualifiers = this.qualifiers();
    if (qualifiers === undefined) return this.named(this.before);
    if (this.atName()) {
      this.before = qualifiers;
      return this.named(qualifiers);
    }
    if (qualifiers.protocol === undefined || qualifiers.protocol === 'ether' || qualifiers.kind !== undefined)
      this.words.fail('an address, port or name');
    return ofProtocol(qualifiers.protocol);
  }

  private length(compare: (length: number, bound: number) => boolean): Test {
    const bound = this.number(2 ** 31);
    return facts => compare(facts.wireLength, bound);
  }

  /** @returns undefined if there are none */
  private qualifiers(): Qualifiers | undefined {
    const { words } = this;
    const start = words.at;
    const word = words.peek() ?? '';
    const protocol = isProtocol(word) || word === 'ether' ? this.next() : undefined;
    const ends = this.ends();
    const kind = KINDS.find(known => known === words.peek());
    if (kind) words.at++;
    if (words.at === start) return undefined;
    return { ...(protocol !== undefined && { protocol }), ends: ends ?? 'either', ...(kind && { kind }) };
  }

  private ends(): Ends | undefined {
    const { words } = this;
    const [first, joint, second] = [words.peek(), words.peek(1), words.peek(2)];
    if (first !== 'src' && first !== 'dst') return undefined;
    const other = first === 'src' ? 'dst' : 'src';
    if (second === other && (joint === 'or' || joint === 'and')) {
      words.at += 3;
      return joint === 'or' ? 'either' : 'both';
    }
    words.at++;
    return first;
  }

  /** Whether a name follows: a word that is neither an operator nor a bracket. */
  private atName(): boolean {
    const word = this.words.peek();
    return word !== undefined && !['and', 'or', '&&', '||', ')'].includes(word);
  }

  private named({ protocol, ends, kind }: Qualifiers): Test {
    const word = this.next();
    const test =
      protocol === 'ether' ? this.station(word, ends, kind) : this.ofKind(word, ends, kind, protocol);
    return protocol === undefined || protocol === 'ether' || kind === 'proto'
      ? test
      : conjunction(ofProtocol(protocol), test);
  }

  private ofKind(word: string, ends: Ends, kind: Kind | undefined, protocol: string | undefined): Test {
    switch (kind) {
      case 'port':
        return this.ports(word, word, ends);
      case 'portrange': {
        const [, first = '', last = ''] = /^(.+)-([^-]+)$/.exec(word) ?? [];
        return this.ports(first, last, ends);
      }
      case 'net':
        return this.network(word, ends);
      case 'proto':
        return this.protocol(word, protocol);
      default: {
        const address = parseAddress(word);
        if (!address) this.words.failAt(-1, 'an IP address');
        return inNetwork(ends, address, address.length * 8);
      }
    }
  }

  private ports(first: string, last: string, ends: Ends): Test {
    const [from, to] = [portOf(first), portOf(last)];
    if (!(from <= to))
      this.words.failAt(-1, 'a port from 0 to 65535, the name of a service, or a range such as 80-90');
    return inPorts(ends, from, to);
  }

  /** `10.0.0.0/8`, `10/8`, `10.1`, `10.0.0.0 mask 255.0.0.0`, `2001:db8::/32` */
  private network(word: string, ends: Ends): Test {
    const network = parseNetwork(/^\d+(\.\d+){0,2}(\/\d+)?$/.test(word) ? filledUp(word) : word);
    if (!network) this.words.failAt(-1, 'a network such as 10.0.0.0/8');
    const prefix = this.words.take('mask') ? this.mask() : network.prefix;
    return inNetwork(ends, network.address, prefix);
  }

  private mask(): number {
    const bits = [...(parseAddress(this.next()) ?? [])]
      .map(byte => byte.toString(2).padStart(8, '0'))
      .join('');
    if (!/^1*0*$/.test(bits) || bits === '') this.words.failAt(-1, 'a mask such as 255.255.0.0');
    return bits.indexOf('0') < 0 ? bits.length : bits.indexOf('0');
  }

  private protocol(word: string, over: string | undefined): Test {
    const number =
      protocolNumber(word.replace(/^\\/, '')) ?? (/^\d{1,3}$/.test(word) ? Number(word) : Number.NaN);
    if (!(number <= 255)) this.words.failAt(-1, 'an IP protocol, by name or number');
    return over === 'ip' || over === 'ip6'
      ? conjunction(ofProtocol(over), ofNumber(number))
      : ofNumber(number);
  }

  private station(word: string, ends: Ends, kind: Kind | undefined): Test {
    if (kind === 'proto') {
      const type = anyEtherTypeOf(word.replace(/^\\/, '')) ?? numberOf(word) ?? Number.NaN;
      if (!(type <= 0xffff)) this.words.failAt(-1, 'a number such as 0x0806, or a name such as arp');
      return facts => facts.etherType === type;
    }
    const parts = word.split(/[:-]/);
    if (parts.length !== 6 || !parts.every(part => /^[0-9a-f]{1,2}$/i.test(part)))
      this.words.failAt(-1, 'an Ethernet address');
    return isStation(
      ends,
      Uint8Array.from(parts, part => Number.parseInt(part, 16)),
    );
  }

  private number(highest: number): number {
    return this.optionalNumber(highest) ?? this.words.fail('a number');
  }

  private optionalNumber(highest: number): number | undefined {
    const word = this.words.peek();
    if (word === undefined || !/^\d{1,10}$/.test(word)) return undefined;
    if (Number(word) > highest) this.words.fail(`a number up to ${highest}`);
    this.words.at++;
    return Number(word);
  }

  private next(): string {
    return this.words.next('an address, port or name');
  }
}

/** @returns NaN if it is not a port */
function portOf(text: string): number {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : portOfService(text);
  return number !== undefined && number <= 65_535 ? number : Number.NaN;
}

/** `10.1` is `10.1.0.0/16`, `10/7` is `10.0.0.0/7`. */
function filledUp(network: string): string {
  const [address = '', prefix] = network.split('/');
  const parts = address.split('.');
  return `${[...parts, '0', '0', '0'].slice(0, 4).join('.')}/${prefix ?? parts.length * 8}`;
}

const conjunction =
  (a: Test, b: Test): Test =>
  facts =>
    a(facts) && b(facts);
const disjunction =
  (a: Test, b: Test): Test =>
  facts =>
    a(facts) || b(facts);
const negation =
  (a: Test): Test =>
  facts =>
    !a(facts);
