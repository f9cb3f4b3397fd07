/** Random conditions over few bytes, so that partial, overlapping and repeated matches are frequent. */
import type { Random } from '../pseudo-random.js';
import type {
  Amount,
  Base64,
  Bsize,
  ByteExtract,
  ByteJump,
  ByteMath,
  ByteTest,
  Condition,
  Content,
  IsDataAt,
  Pcre,
  Reading,
} from './conditions.js';

export const pick = <T>(random: Random, from: readonly T[]): T => from[random(from.length)]!;
export const oneIn = (random: Random, chances: number): boolean => random(chances) === 0;
const between = (random: Random, least: number, most: number) => least + random(most - least + 1);

/** Bytes of contents and buffers. */
export const ALPHABET = [...'aabbAB..01x\x00\x01\x02\x03'];
/** Expressions whose match does not change if more data follows. */
const LASTING_PATTERNS = ['a.', 'a*b', '^a', '^.b', '(?:a|ab)b', 'a(?=b)', '(a|b)\\1', 'x?[01]'];
const PATTERNS = [
  'a.',
  '[ab]+',
  'a*b',
  '^a',
  'b$',
  '^.b',
  '(?:a|ab)b',
  '\\d+',
  'a(?=b)',
  '(a|b)\\1',
  'x?[01]',
];

export interface Wishes {
  /** Most conditions. */
  readonly most: number;
  /** They follow a sticky buffer. */
  readonly sticky?: boolean;
  /** Only those that still hold when the stream continues: no negation, and nothing that depends on the end. */
  readonly lasting?: boolean;
  /** Bytes of contents, instead of `ALPHABET`. */
  readonly alphabet?: readonly string[];
  /** Texts of which most contents are a part. */
  readonly samples?: readonly string[];
  /** Prefix of variable names, by default `v`. */
  readonly variables?: string;
}

export function randomText(
  random: Random,
  least: number,
  most: number,
  alphabet: readonly string[] = ALPHABET,
) {
  return Array.from({ length: between(random, least, most) }, () => pick(random, alphabet)).join('');
}

/** `base64_decode`, for the end of a list of conditions. */
export function randomBase64(random: Random): Base64 {
  const samples = Array.from({ length: 4 }, () =>
    Buffer.from(randomText(random, 4, 12, [...'aabbAB01x']), 'base64').toString('latin1'),
  );
  const data = randomConditions(random, { most: 2, samples, variables: 'd' });
  return { kind: 'base64', bytes: random(3) * 4, offset: random(4), relative: oneIn(random, 2), data };
}

/** At least one of them is a content that is not negated. */
export function randomConditions(random: Random, wishes: Wishes): Condition[] {
  const maker = new Maker(random, wishes);
  const count = between(random, 1, wishes.most);
  const conditions = Array.from({ length: count }, () => maker.condition());
  if (conditions.some(each => each.kind === 'content' && !each.negated)) return conditions;
  return [{ kind: 'content', bytes: maker.bytes() }, ...conditions];
}

class Maker {
  private readonly variables: string[] = [];
  private matchesBefore = false;
  /** Numbers that depend on each other, more than contents. */
  private readonly ofNumbers: boolean;

  constructor(
    private readonly random: Random,
    private readonly wishes: Wishes,
  ) {
    this.ofNumbers = oneIn(random, 4);
  }

  condition(): Condition {
    const made = this.make();
    this.matchesBefore = true;
    return made;
  }

  bytes(): string {
    const sample = this.wishes.samples && pick(this.random, this.wishes.samples);
    if (sample && !oneIn(this.random, 3)) {
      const at = this.random(sample.length);
      return sample.slice(at, at + 1 + this.random(4));
    }
    return randomText(this.random, 1, 3, this.wishes.alphabet);
  }

  private make(): Condition {
    const { random } = this;
    const kind = this.ofNumbers ? 8 + random(12) : random(20);
    if (kind < 11) return this.content();
    if (kind < 13) return this.pcre();
    if (kind === 13) return this.wishes.sticky ? this.bsize() : this.content();
    if (kind === 14) return this.isDataAt();
    if (kind === 15) return this.byteTest();
    if (kind === 16) return this.byteJump();
    if (kind < 19) return this.byteExtract();
    return this.byteMath();
  }

  private content(): Content {
    const { random } = this;
    const content = {
      kind: 'content' as const,
      bytes: this.bytes(),
      ...(oneIn(random, 3) && { nocase: true }),
      ...(!this.wishes.lasting && oneIn(random, 5) && { negated: true }),
      ...(!this.wishes.lasting && oneIn(random, 9) && { endswith: true }),
    };
    const way = random(10);
    if (way < 5) return { ...content, ...this.relative(content.bytes.length) };
    if (way < 8) return content;
    if (way === 8 && oneIn(random, 2)) return { ...content, startswith: true };
    return {
      ...content,
      ...(oneIn(random, 2) && { offset: this.amount(0, 6) }),
      ...(oneIn(random, 2) && { depth: this.amount(1, 9) }),
    };
  }

  private relative(length: number): Pick<Content, 'distance' | 'within'> {
    const { random } = this;
    const distance = { distance: this.amount(oneIn(random, 3) ? -4 : 0, 3) };
    const within = { within: this.amount(length, length + 5) };
    return pick(random, [distance, within, { ...distance, ...within }]);
  }

  private pcre(): Pcre {
    const { random } = this;
    return {
      kind: 'pcre',
      pattern: pick(random, this.wishes.lasting ? LASTING_PATTERNS : PATTERNS),
      flags: `${oneIn(random, 3) ? 'i' : ''}${oneIn(random, 3) ? 's' : ''}`,
      relative: oneIn(random, 2),
      negated: !this.wishes.lasting && oneIn(random, 4),
    };
  }

  private reading(): Reading {
    const { random } = this;
    const text = oneIn(random, 3) ? pick(random, ['dec', 'hex', 'oct'] as const) : undefined;
    const relative = oneIn(random, 2) && this.matchesBefore;
    return {
      bytes: text ? between(random, this.wishes.lasting ? 1 : 0, 3) : pick(random, [1, 1, 1, 2, 3, 8]),
      offset: relative ? between(random, -2, 2) : between(random, 0, 6),
      relative,
      little: !text && oneIn(random, 4),
      ...(text && { text }),
      ...(oneIn(random, 6) && { bitmask: pick(random, [1, 3, 6, 0xf0, 0x80000000]) }),
    };
  }

  private byteTest(): ByteTest {
    const { random } = this;
    return {
      kind: 'byte_test',
      ...this.reading(),
      operator: pick(random, ['<', '<=', '>', '>=', '=', '&', '^']),
      negated: oneIn(random, 4),
      value: this.amount(0, 3),
    };
  }

  private byteJump(): ByteJump {
    const { random } = this;
    return {
      kind: 'byte_jump',
      ...this.reading(),
      multiplier: pick(random, [1, 1, 2, 3]),
      align: oneIn(random, 4),
      from: pick(
        random,
        this.wishes.lasting ? ['', 'from_beginning'] : ['', '', 'from_beginning', 'from_end'],
      ),
      postOffset: pick(random, [0, 0, 0, 1, 2, -1, -3, -9]),
    };
  }

  private byteExtract(): ByteExtract {
    const { random } = this;
    return {
      kind: 'byte_extract',
      ...this.reading(),
      bitmask: undefined,
      name: this.newVariable(),
      multiplier: pick(random, [1, 1, 2]),
      align: pick(random, [0, 0, 0, 2, 4]),
    } as ByteExtract;
  }

  private byteMath(): ByteMath {
    const { random } = this;
    const reading = this.reading();
    return {
      kind: 'byte_math',
      ...reading,
      operator: pick(random, ['+', '-', '*', '/', '<<', '>>']),
      value: this.amount(0, 3),
      name: this.newVariable(),
    };
  }

  private isDataAt(): IsDataAt {
    const { random } = this;
    const negated = !this.wishes.lasting && oneIn(random, 3);
    return { kind: 'isdataat', place: this.amount(0, 9), relative: oneIn(random, 2), negated };
  }

  private bsize(): Bsize {
    const operator = pick(this.random, ['', '<', '>', '<=', '>=', '!'] as const);
    return { kind: 'bsize', operator, size: between(this.random, 1, 24) };
  }

  private newVariable(): string {
    const name = `${this.wishes.variables ?? 'v'}${this.variables.length}`;
    this.variables.push(name);
    return name;
  }

  private amount(least: number, most: number): Amount {
    const known = this.variables.length > 0 && oneIn(this.random, this.ofNumbers ? 1 : 2);
    return known ? pick(this.random, this.variables) : between(this.random, least, most);
  }
}
