/** Parses filter expressions. `and` and `or` bind alike, from the left; `not` binds tighter (as in pcap-filter). */
import { parseAddress } from '../../address.js';
import { parseNetwork } from '../../prefix-table.js';
import {
  type Ends,
  inNetwork,
  inPorts,
  inVlan,
  isProtocol,
  isStation,
  ofNumber,
  ofProtocol,
  protocolNumber,
  type Test,
} from './tests.js';

/** A filter expression that is not understood: says the word and what was expected. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
}

/** Longest expression, in words, and deepest nesting. */
const MOST_WORDS = 4096;
const DEEPEST = 64;

const KINDS = ['host', 'net', 'port', 'portrange', 'proto'] as const;
type Kind = (typeof KINDS)[number];

/** What stands before an address, port or name; taken over where the next one has nothing before it. */
interface Qualifiers {
  readonly protocol?: string;
  readonly ends: Ends;
  readonly kind?: Kind;
}

/** @throws FilterError */
export function parseFilter(expression: string): Test {
  return new Parser(expression).whole();
}

class Parser {
  private readonly words: readonly string[];
  private at = 0;
  private depth = 0;
  private before: Qualifiers = { ends: 'either' };

  constructor(private readonly expression: string) {
    this.words = expression.match(/&&|\|\||[()!]|[^\s()!&|]+|\S/g) ?? [];
    if (this.words.length > MOST_WORDS)
      throw new FilterError(`a packet filter of more than ${MOST_WORDS} words`);
  }

  whole(): Test {
    const test = this.list();
    if (this.at < this.words.length) this.fail('and, or, or the end');
    return test;
  }

  private list(): Test {
    let left = this.single();
    for (;;) {
      if (this.take('and', '&&')) left = both(left, this.single());
      else if (this.take('or', '||')) left = either(left, this.single());
      else return left;
    }
  }

  private single(): Test {
    if (++this.depth > DEEPEST) this.fail(`at most ${DEEPEST} levels`);
    const test = this.take('not', '!')
      ? negated(this.single())
      : this.take('(')
        ? this.group()
        : this.condition();
    this.depth--;
    return test;
  }

  private group(): Test {
    const test = this.list();
    if (!this.take(')')) this.fail(')');
    return test;
  }

  private condition(): Test {
    if (this.take('less')) return this.length((length, bound) => length <= bound);
    if (this.take('greater')) return this.length((length, bound) => length >= bound);
    if (this.take('vlan')) return inVlan(this.optionalNumber(4095));
    const qualifiers = this.qualifiers();
    if (qualifiers === undefined) return this.named(this.before);
    if (this.atName()) {
      this.before = qualifiers;
      return this.named(qualifiers);
    }
    if (qualifiers.protocol === undefined || qualifiers.protocol === 'ether' || qualifiers.kind !== undefined)
      this.fail('an address, port or name');
    return ofProtocol(qualifiers.protocol);
  }

  private length(compare: (length: number, bound: number) => boolean): Test {
    const bound = this.number(2 ** 31);
    return facts => compare(facts.wireLength, bound);
  }

  /** @returns undefined when there are none */
  private qualifiers(): Qualifiers | undefined {
    const start = this.at;
    const word = this.words[this.at];
    const protocol = word !== undefined && (isProtocol(word) || word === 'ether') ? this.next() : undefined;
    const ends = this.ends();
    const kind = KINDS.find(known => known === this.words[this.at]);
    if (kind) this.at++;
    if (this.at === start) return undefined;
    return { ...(protocol !== undefined && { protocol }), ends: ends ?? 'either', ...(kind && { kind }) };
  }

  private ends(): Ends | undefined {
    const [first, joint, second] = this.words.slice(this.at, this.at + 3);
    if (first !== 'src' && first !== 'dst') return undefined;
    const other = first === 'src' ? 'dst' : 'src';
    if (second === other && (joint === 'or' || joint === 'and')) {
      this.at += 3;
      return joint === 'or' ? 'either' : 'both';
    }
    this.at++;
    return first;
  }

  /** Whether a name follows: something that is no operator and no bracket. */
  private atName(): boolean {
    const word = this.words[this.at];
    return word !== undefined && !['and', 'or', '&&', '||', ')'].includes(word);
  }

  private named({ protocol, ends, kind }: Qualifiers): Test {
    const word = this.next();
    const test =
      protocol === 'ether' ? this.station(word, ends, kind) : this.ofKind(word, ends, kind, protocol);
    return protocol === undefined || protocol === 'ether' || kind === 'proto'
      ? test
      : both(ofProtocol(protocol), test);
  }

  private ofKind(word: string, ends: Ends, kind: Kind | undefined, protocol: string | undefined): Test {
    switch (kind) {
      case 'port':
        return this.ports(word, word, ends);
      case 'portrange': {
        const [first = '', last = ''] = word.split('-');
        return this.ports(first, last, ends);
      }
      case 'net':
        return this.network(word, ends);
      case 'proto':
        return this.protocol(word, protocol);
      default: {
        const address = parseAddress(word);
        if (!address) this.failAt(-1, 'an IP address');
        return inNetwork(ends, address, address.length * 8);
      }
    }
  }

  private ports(first: string, last: string, ends: Ends): Test {
    const [from, to] = [first, last].map(text => (/^\d{1,5}$/.test(text) ? Number(text) : Number.NaN)) as [
      number,
      number,
    ];
    if (!(from <= to && to <= 65_535)) this.failAt(-1, 'a port from 0 to 65535, or a range such as 80-90');
    return inPorts(ends, from, to);
  }

  /** `10.0.0.0/8`, `10.1`, `10.0.0.0 mask 255.0.0.0`, `2001:db8::/32` */
  private network(word: string, ends: Ends): Test {
    if (/^\d+(\.\d+){0,2}$/.test(word)) {
      const parts = word.split('.');
      word = `${[...parts, '0', '0', '0'].slice(0, 4).join('.')}/${parts.length * 8}`;
    }
    const network = parseNetwork(word);
    if (!network) this.failAt(-1, 'a network such as 10.0.0.0/8');
    const prefix = this.take('mask') ? this.mask() : network.prefix;
    return inNetwork(ends, network.address, prefix);
  }

  private mask(): number {
    const bits = [...(parseAddress(this.next()) ?? [])]
      .map(byte => byte.toString(2).padStart(8, '0'))
      .join('');
    if (!/^1*0*$/.test(bits) || bits === '') this.failAt(-1, 'a mask such as 255.255.0.0');
    return bits.indexOf('0') < 0 ? bits.length : bits.indexOf('0');
  }

  private protocol(word: string, over: string | undefined): Test {
    const number =
      protocolNumber(word.replace(/^\\/, '')) ?? (/^\d{1,3}$/.test(word) ? Number(word) : Number.NaN);
    if (!(number <= 255)) this.failAt(-1, 'a protocol of IP, by name or number');
    return over === 'ip' || over === 'ip6' ? both(ofProtocol(over), ofNumber(number)) : ofNumber(number);
  }

  private station(word: string, ends: Ends, kind: Kind | undefined): Test {
    if (kind === 'proto') {
      const type = /^0x[0-9a-f]{1,4}$/i.test(word) || /^\d{1,5}$/.test(word) ? Number(word) : Number.NaN;
      if (!(type <= 0xffff)) this.failAt(-1, 'a number such as 0x0806');
      return facts => facts.etherType === type;
    }
    const parts = word.split(/[:-]/);
    if (parts.length !== 6 || !parts.every(part => /^[0-9a-f]{1,2}$/i.test(part)))
      this.failAt(-1, 'an Ethernet address');
    return isStation(
      ends,
      Uint8Array.from(parts, part => Number.parseInt(part, 16)),
    );
  }

  private number(highest: number): number {
    const value = this.optionalNumber(highest);
    return value ?? this.fail('a number');
  }

  private optionalNumber(highest: number): number | undefined {
    const word = this.words[this.at];
    if (word === undefined || !/^\d{1,10}$/.test(word)) return undefined;
    if (Number(word) > highest) this.fail(`a number up to ${highest}`);
    this.at++;
    return Number(word);
  }

  private next(): string {
    return this.words[this.at++] ?? this.failAt(-1, 'an address, port or name');
  }

  private take(...words: string[]): boolean {
    if (!words.includes(this.words[this.at] ?? '')) return false;
    this.at++;
    return true;
  }

  private fail(expected: string): never {
    return this.failAt(0, expected);
  }

  private failAt(back: number, expected: string): never {
    const word = this.words[this.at + back];
    const place = word === undefined ? 'at the end' : `at "${word}"`;
    throw new FilterError(`packet filter "${this.expression}": ${place}, expected ${expected}`);
  }
}

const both =
  (a: Test, b: Test): Test =>
  facts =>
    a(facts) && b(facts);
const either =
  (a: Test, b: Test): Test =>
  facts =>
    a(facts) || b(facts);
const negated =
  (a: Test): Test =>
  facts =>
    !a(facts);
