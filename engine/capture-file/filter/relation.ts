/** Relations of numbers in filters: `len > 100`, `tcp[tcpflags] & tcp-syn != 0`, `ip[2:2] - 20 <= 0x40`. */
import type { Facts } from './facts.js';
import { numberOf } from './names.js';
import { etherTypeOf, protocolNumber, type Test } from './tests.js';
import type { Words } from './words.js';

/** An unsigned 32-bit number. */
type Value = (facts: Facts) => number;

/** Deepest nesting of brackets. */
const MAX_DEPTH = 64;

const COMPARISONS = new Map<string, (a: number, b: number) => boolean>([
  ['>', (a, b) => a > b],
  ['<', (a, b) => a < b],
  ['>=', (a, b) => a >= b],
  ['<=', (a, b) => a <= b],
  ['=', (a, b) => a === b],
  ['==', (a, b) => a === b],
  ['!=', (a, b) => a !== b],
]);

/** From the loosest to the tightest; all bind tighter than comparisons, unlike in C. */
const OPERATORS: readonly Readonly<Record<string, (a: number, b: number) => number>>[] = [
  { '|': (a, b) => (a | b) >>> 0, '^': (a, b) => (a ^ b) >>> 0 },
  { '&': (a, b) => (a & b) >>> 0 },
  { '<<': (a, b) => (b > 31 ? 0 : (a << b) >>> 0), '>>': (a, b) => (b > 31 ? 0 : a >>> b) },
  { '+': (a, b) => (a + b) >>> 0, '-': (a, b) => (a - b) >>> 0 },
  { '*': (a, b) => Math.imul(a, b) >>> 0, '/': (a, b) => (a / b) >>> 0, '%': (a, b) => (a % b) >>> 0 },
];
const DIVISIONS = ['/', '%'];
const ALL = [...COMPARISONS.keys(), ...OPERATORS.flatMap(level => Object.keys(level))];

/** Headers of the link layer, whichever it is. */
const LINK_LAYERS = ['ether', 'link', 'fddi', 'tr', 'wlan', 'ppp', 'slip'];

/** Whether a relation begins here; in brackets this is only known after parsing. */
export function beginsRelation(words: Words): boolean {
  const [word = '', next = ''] = [words.peek(), words.peek(1)];
  if (word === 'len' || next === '[') return true;
  return numberOf(word) !== undefined && ALL.includes(next);
}

/** @throws FilterError */
export function parseRelation(words: Words): Test {
  return new RelationParser(words).parseAll();
}

class RelationParser {
  /** Conditions that packets must meet for their bytes to be meaningful. */
  private readonly needed: Test[] = [];
  private depth = 0;

  constructor(private readonly words: Words) {}

  parseAll(): Test {
    const left = this.sum(0);
    const compare = COMPARISONS.get(this.words.peek() ?? '');
    if (!compare) this.words.fail('a comparison such as = or >');
    this.words.at++;
    const right = this.sum(0);
    const { needed } = this;
    const test: Test = facts => compare(left(facts), right(facts));
    return needed.reduceRight<Test>((behind, need) => facts => need(facts) && behind(facts), test);
  }

  private sum(level: number): Value {
    const operators = OPERATORS[level];
    if (!operators) return this.single();
    let left = this.sum(level + 1);
    for (;;) {
      const word = this.words.peek() ?? '';
      if (!Object.hasOwn(operators, word)) return left;
      this.words.at++;
      left = joined(left, operators[word]!, this.sum(level + 1), DIVISIONS.includes(word));
    }
  }

  private single(): Value {
    const { words } = this;
    if (words.take('(')) {
      if (++this.depth > MAX_DEPTH) words.fail(`at most ${MAX_DEPTH} levels`);
      const value = this.sum(0);
      if (!words.take(')')) words.fail(')');
      this.depth--;
      return value;
    }
    if (words.take('len')) return facts => facts.wireLength;
    if (words.peek(1) === '[') return this.load();
    const value = numberOf(words.next('a number, len, or bytes such as tcp[13]'));
    if (value === undefined) this.words.failAt(-1, 'a number, len, or bytes such as tcp[13]');
    return () => value;
  }

  /** `tcp[13]`, `ip[2:2]` */
  private load(): Value {
    const { words } = this;
    const base = this.header(words.next('a protocol'));
    words.at++;
    if (++this.depth > MAX_DEPTH) words.fail(`at most ${MAX_DEPTH} levels`);
    const index = this.sum(0);
    this.depth--;
    const size = words.take(':') ? numberOf(words.next('1, 2 or 4')) : 1;
    if (size !== 1 && size !== 2 && size !== 4) this.words.failAt(-1, '1, 2 or 4');
    if (!words.take(']')) words.fail(']');
    return facts => bytesAt(facts, base(facts) + index(facts), size);
  }

  /** Start of the header of a protocol; the packet must be one of this protocol. */
  private header(name: string): Value {
    if (LINK_LAYERS.includes(name)) return facts => facts.link;
    const etherType = etherTypeOf(name);
    const protocol = protocolNumber(name);
    if (etherType !== undefined) {
      this.needed.push(facts => facts.etherType === etherType);
      return facts => facts.layer3;
    }
    if (protocol === undefined) this.words.failAt(-1, 'a protocol such as ip, tcp or ether');
    this.needed.push(facts => facts.protocol === protocol && facts.transport >= 0);
    return facts => facts.transport;
  }
}

function joined(
  left: Value,
  operation: (a: number, b: number) => number,
  right: Value,
  divides: boolean,
): Value {
  if (!divides) return facts => operation(left(facts), right(facts));
  return facts => {
    const divisor = right(facts);
    if (divisor === 0) facts.refused = true;
    return divisor === 0 ? 0 : operation(left(facts), divisor);
  };
}

/** A packet too short for the requested bytes does not match, regardless of the rest of the expression. */
function bytesAt(facts: Facts, at: number, size: number): number {
  if (at + size > facts.end) {
    facts.refused = true;
    return 0;
  }
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + facts.bytes[at + i]!;
  return value;
}
