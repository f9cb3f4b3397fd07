/** Translates expressions in Perl syntax, over bytes, to JavaScript syntax. */
import { escapeSet, literal, posixSet } from './classes.js';
import { writeOutQuantifiers } from './quantifiers.js';

export interface Translated {
  readonly pattern: string;
  readonly caseless: boolean;
  readonly anchored: boolean;
  readonly count: number;
  readonly names: Record<string, number>;
}

const OPTIONS = 'imsxAEG';

/** @throws Error naming the construct without JavaScript counterpart, and its position */
export function translate(pattern: string, options: string): Translated {
  for (const letter of options) {
    if (letter === 'u') throw new Error('UTF-8 expressions need the native addon');
    if (!OPTIONS.includes(letter)) throw new Error(`unknown option of an expression: ${letter}`);
  }
  const inline = /^(?:\(\?[imsx]+\))+/.exec(pattern)?.[0] ?? '';
  const letters = options + inline.replace(/[(?)]/g, '');
  return new Translation(writeOutQuantifiers(pattern), inline.length, new Set(letters)).run();
}

/** Where a line or the data begins or ends; only a newline ends a line. */
const BEGIN = '(?<![^])';
const END = '(?![^])';
const END_OR_NEWLINE = `(?=\\n?${END})`;
const LINE_BEGIN = `(?:${BEGIN}|(?<=\\n)(?=[^]))`;
const LINE_END = '(?![^\\n])';

/** Escapes with a counterpart other than a set of bytes. */
const escapes: Record<string, string> = {
  A: BEGIN,
  z: END,
  Z: END_OR_NEWLINE,
  b: '\\b',
  B: '\\B',
  R: '(?:\\r\\n|[\\n-\\r\\x85])',
};
const controls: Record<string, number> = { a: 7, e: 27, f: 12, n: 10, r: 13, t: 9 };

class Translation {
  private out = '';
  private count = 0;
  private readonly names: Record<string, number> = {};

  constructor(
    private readonly pattern: string,
    private at: number,
    private readonly options: ReadonlySet<string>,
  ) {}

  run(): Translated {
    while (this.at < this.pattern.length) this.step();
    try {
      new RegExp(this.out);
    } catch (error) {
      throw new Error((error as Error).message.replace(/^.*\/: /s, ''));
    }
    const has = (option: string): boolean => this.options.has(option);
    return {
      pattern: this.out,
      caseless: has('i'),
      anchored: has('A'),
      count: this.count,
      names: this.names,
    };
  }

  private unsupported(what: string): never {
    throw new Error(`${what} at offset ${this.at} needs the native addon`);
  }

  /** Consumes what the sticky expression matches here. */
  private consume(expected: RegExp): RegExpExecArray | undefined {
    const sticky = new RegExp(expected, 'y');
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.pattern);
    if (found) this.at += found[0].length;
    return found ?? undefined;
  }

  private step(): void {
    const char = this.pattern[this.at]!;
    if (char === '\\') this.escape();
    else if (char === '[') this.out += this.bracket();
    else if (char === '(') this.group();
    else if (char === ')' || char === '|') this.copy();
    else if (this.consume(/[*+?]|\{\d+(?:,\d*)?\}/)) this.quantifier();
    else if (this.options.has('x') && this.consume(/[\t-\r ]+|#[^\n]*\n?/)) return;
    else this.single(char);
  }

  private copy(): void {
    this.out += this.pattern[this.at++];
  }

  private single(char: string): void {
    this.at++;
    const has = (option: string): boolean => this.options.has(option);
    if (char === '.') this.out += has('s') ? '[^]' : '[^\\n]';
    else if (char === '^') this.out += has('m') ? LINE_BEGIN : BEGIN;
    else if (char === '$') this.out += has('m') ? LINE_END : has('E') ? END : END_OR_NEWLINE;
    else this.out += this.literalOf(char);
  }

  private literalOf(char: string): string {
    const code = char.charCodeAt(0);
    if (code > 255) throw new Error('the expression contains characters larger than one byte');
    return literal(code);
  }

  private quantifier(): void {
    const text = /(?:[*+?]|\{[^}]*\})$/.exec(this.pattern.slice(0, this.at))![0];
    if (this.consume(/\+/)) this.unsupported('a possessive quantifier');
    const isLazy = this.consume(/\?/) !== undefined;
    this.out += text + (isLazy !== this.options.has('G') ? '?' : '');
  }

  private group(): void {
    if (this.consume(/\(\?#[^)]*\)/)) return;
    const plain = this.consume(/\(\?(?:[:=!]|<[=!])/);
    if (plain) {
      this.out += plain[0];
      return;
    }
    const reference = this.consume(/\(\?P=(\w+)\)/);
    if (reference) {
      this.out += `\\k<${reference[1]}>`;
      return;
    }
    const named = this.consume(/\(\?(?:P?<(\w+)>|'(\w+)')/);
    if (!named && /^\((?:\?|\*[A-Z:])/.test(this.pattern.slice(this.at))) {
      this.unsupported(`the group ${this.pattern.slice(this.at, this.at + 4)}`);
    }
    this.count++;
    const name = named?.[1] ?? named?.[2];
    if (name) this.names[name] = this.count;
    if (!named) this.at++;
    this.out += name ? `(?<${name}>` : '(';
  }

  private escape(): void {
    const quoted = this.consume(/\\Q([\s\S]*?)(?:\\E|$)/);
    if (quoted) {
      for (const char of quoted[1]!) this.out += this.literalOf(char);
      return;
    }
    if (this.consume(/\\E/)) return;
    const reference = this.consume(/\\(?:g\{?([1-9]\d*)\}?|([1-9])(?!\d))/);
    const byName = reference ? undefined : this.consume(/\\[gk](?:\{(\w+)\}|<(\w+)>|'(\w+)')/);
    if (reference) this.out += `(?:\\${reference[1] ?? reference[2]})`;
    else if (byName) this.out += `\\k<${byName[1] ?? byName[2] ?? byName[3]}>`;
    else this.escaped();
  }

  private escaped(): void {
    const letter = this.pattern[this.at + 1] ?? '';
    const set = escapeSet(letter);
    const known = set === undefined ? escapes[letter] : `[${set}]`;
    if (known === undefined) {
      this.out += literal(this.byteEscape());
      return;
    }
    this.at += 2;
    this.out += known;
  }

  /** An escape for one byte. */
  private byteEscape(): number {
    const hex = this.consume(/\\x(?:\{([0-9a-f]+)\}|([0-9a-f]{0,2}))/i);
    if (hex) return this.byte(Number.parseInt(hex[1] ?? (hex[2] || '0'), 16));
    const octal = this.consume(/\\(?:o\{([0-7]+)\}|(0[0-7]{0,2}|[1-7][0-7]{1,2}))/);
    if (octal) return this.byte(Number.parseInt(octal[1] ?? octal[2]!, 8));
    const control = this.consume(/\\c([ -~])/);
    if (control) return control[1]!.toUpperCase().charCodeAt(0) ^ 0x40;
    const letter = this.pattern[this.at + 1];
    if (letter === undefined) throw new Error('\\ at end of pattern');
    if (/[0-9A-Za-z]/.test(letter) && controls[letter] === undefined) this.unsupported(`\\${letter}`);
    this.at += 2;
    return controls[letter] ?? this.byte(letter.charCodeAt(0));
  }

  private byte(code: number): number {
    if (code > 255) throw new Error('the expression contains characters larger than one byte');
    return code;
  }

  /** A class in brackets; a leading `]` is literal. */
  private bracket(): string {
    const begin = this.at;
    let content = '';
    const isNegated = this.consume(/\[(\^?)/)![1] === '^';
    for (let isFirst = true; isFirst || this.pattern[this.at] !== ']'; isFirst = false) {
      if (this.at >= this.pattern.length)
        throw new Error(`missing terminating ] for the class at offset ${begin}`);
      content += this.classItem();
    }
    this.at++;
    return `[${isNegated ? '^' : ''}${content}]`;
  }

  private classItem(): string {
    const posix = this.consume(/\[:(\w+):\]/);
    if (posix) return posixSet(posix[1]!) ?? this.unsupported(`[:${posix[1]}:]`);
    if (/^\[:\^|^\[[.=]/.test(this.pattern.slice(this.at, this.at + 3)))
      this.unsupported('this kind of class');
    const char = this.pattern[this.at]!;
    if (char === '\\') return this.classEscape();
    this.at++;
    // A hyphen keeps its meaning: a range, or literal where no range is possible.
    return char === '-' ? '-' : this.literalOf(char);
  }

  private classEscape(): string {
    const letter = this.pattern[this.at + 1] ?? '';
    const set = letter === 'N' ? undefined : escapeSet(letter);
    if (set === undefined && letter !== 'b') return literal(this.byteEscape());
    this.at += 2;
    return set ?? '\\x08';
  }
}
