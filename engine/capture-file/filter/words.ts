/** The words of a filter expression, and the current position. */

/** An invalid filter expression: gives the position, the word there and what was expected. */
export class FilterError extends Error {
  override readonly name = 'FilterError';

  /** @param at position in the expression, from 0 */
  constructor(
    message: string,
    readonly at = 0,
  ) {
    super(message);
  }
}

/** Longest expression, in words. */
const MAX_WORDS = 4096;

const OPERATOR = /&&|\|\||<<|>>|<=|>=|==|!=|[()[\]!<>=&|^+*%]/y;
/** Addresses, networks and ranges are one word: `10.0.0.0/8`, `2001:db8::1`, `80-90`. */
const WORD = /[^\s()[\]!<>=&|^+*%]+/y;
/** Within brackets, and after them: `ip[2:2]-20`. */
const SHORT_WORD = /[^\s()[\]!<>=&|^+*%:/-]+|[:/-]/y;
const SPACE = /\s*/y;

interface Word {
  readonly text: string;
  readonly at: number;
}

export class Words {
  /** Index of the next word. */
  at = 0;
  private readonly words: readonly Word[];

  /** @throws FilterError */
  constructor(private readonly expression: string) {
    this.words = wordsOf(expression);
    if (this.words.length > MAX_WORDS)
      throw new FilterError(`a packet filter with more than ${MAX_WORDS} words`);
  }

  get isAtEnd(): boolean {
    return this.at >= this.words.length;
  }

  /** @param ahead 0: the next word */
  peek(ahead = 0): string | undefined {
    return this.words[this.at + ahead]?.text;
  }

  next(expected: string): string {
    return this.words[this.at++]?.text ?? this.failAt(-1, expected);
  }

  take(...words: string[]): boolean {
    if (!words.includes(this.peek() ?? '')) return false;
    this.at++;
    return true;
  }

  fail(expected: string): never {
    return this.failAt(0, expected);
  }

  /** @param back -1: the word before */
  failAt(back: number, expected: string): never {
    const word = this.words[this.at + back];
    const place = word === undefined ? 'at the end' : `character ${word.at + 1}, at "${word.text}"`;
    throw new FilterError(
      `packet filter "${this.expression}": ${place}, expected ${expected}`,
      word?.at ?? this.expression.length,
    );
  }
}

function wordsOf(expression: string): Word[] {
  const words: Word[] = [];
  let brackets = 0;
  let at = 0;
  const match = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    return pattern.exec(expression)?.[0] ?? '';
  };
  for (;;) {
    at += match(SPACE).length;
    if (at >= expression.length) return words;
    const before = words.at(-1)?.text;
    const isShort = brackets > 0 || before === ']' || before === ')';
    const text = match(OPERATOR) || match(isShort ? SHORT_WORD : WORD);
    words.push({ text, at });
    at += text.length;
    if (text === '[') brackets++;
    if (text === ']') brackets--;
  }
}
