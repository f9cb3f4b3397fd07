/**
 * Segment tables: text files with one step per line, which say who sends which bytes when, and the expected alerts.
 *
 *     case a write is refused
 *     inline
 *     flow tcp 10.0.0.1:1024 -> 10.0.0.2:502
 *     client |00 01 00 00 00 06 01 05 00 01 ff 00|
 *     expect drop "function 5" at client 12
 *
 * Bytes are written as in `content`: text in quotes, hexadecimal between bars, `\r \n \t \" \\ \|`.
 */

export interface FlowLine {
  readonly kind: 'flow';
  readonly transport: 'tcp' | 'udp';
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly serverAddress: string;
  readonly serverPort: number;
}

export type Step = { readonly line: number } & (
  | FlowLine
  | { readonly kind: 'data'; readonly toServer: boolean; readonly bytes: Uint8Array }
  | { readonly kind: 'gap'; readonly toServer: boolean; readonly missing: number }
  | { readonly kind: 'close'; readonly toServer: boolean; readonly reset: boolean }
  | { readonly kind: 'end' }
  | { readonly kind: 'after'; readonly seconds: number }
  | { readonly kind: 'expect'; readonly expected: Expected | undefined }
);

/** The next expected alert. */
export interface Expected {
  readonly action: 'alert' | 'drop' | 'reject';
  readonly detection?: string;
  /** Must be contained in the message. */
  readonly message?: string;
  readonly at?: { readonly toServer: boolean; readonly position: number };
}

export interface Case {
  readonly name: string;
  readonly line: number;
  readonly inline: boolean;
  readonly steps: readonly Step[];
}

export interface Table {
  readonly file: string;
  /** Detections under test, as written. */
  readonly detections: readonly string[];
  /** Settings for the test: `detections.held-memory=1kb`. */
  readonly settings: readonly string[];
  readonly cases: readonly Case[];
}

/** A line that cannot be parsed: says where, and what is expected there. */
export class TableError extends Error {
  override readonly name = 'TableError';
}

/** @throws TableError */
export function parseTable(text: string, file: string): Table {
  const table = { file, detections: [] as string[], settings: [] as string[], cases: [] as MutableCase[] };
  text.split(/\r?\n/).forEach((raw, i) => {
    const words = wordsOf(raw, `${file}:${i + 1}`);
    if (words.length > 0) new LineReader(words, i + 1, `${file}:${i + 1}`).addTo(table);
  });
  if (table.cases.length === 0)
    throw new TableError(`${file}: no case found: a case starts with a line "case NAME"`);
  return table;
}

type MutableCase = { name: string; line: number; inline: boolean; steps: Step[] };
type MutableTable = {
  detections: string[];
  settings: string[];
  cases: MutableCase[];
};

/** A word, or bytes in quotes or bars. */
type Word = string | Uint8Array;

const COMMANDS =
  'case, detection, set, inline, flow, client, server, gap, close, reset, end, after, expect or # for a comment';

class LineReader {
  private at = 1;

  constructor(
    private readonly words: readonly Word[],
    private readonly line: number,
    private readonly place: string,
  ) {}

  addTo(table: MutableTable): void {
    const command = this.words[0];
    const rest = this.words.slice(1).join(' ');
    if (command === 'case') table.cases.push({ name: rest, line: this.line, inline: false, steps: [] });
    else if (command === 'detection') table.detections.push(this.text('a file or package'));
    else if (command === 'set') table.settings.push(this.text('PATH=VALUE'));
    else {
      const current = table.cases.at(-1) ?? this.fail('expected a line "case NAME" before it');
      if (command === 'inline') current.inline = true;
      else current.steps.push({ line: this.line, ...this.step(command) } as Step);
    }
  }

  private step(command: Word | undefined): object {
    switch (command) {
      case 'flow':
        return this.flow();
      case 'client':
      case 'server':
        return { kind: 'data', toServer: command === 'client', bytes: this.bytes() };
      case 'gap':
        return { kind: 'gap', toServer: this.side(), missing: this.number('number of lost bytes') };
      case 'close':
      case 'reset':
        return { kind: 'close', toServer: this.side(), reset: command === 'reset' };
      case 'end':
        return { kind: 'end' };
      case 'after':
        return { kind: 'after', seconds: this.number('seconds') };
      case 'expect':
        return { kind: 'expect', expected: this.expected() };
      default:
        return this.fail(`unknown command "${shown(command)}", expected ${COMMANDS}`);
    }
  }

  /** `tcp 10.0.0.1:1024 -> 10.0.0.2:80` */
  private flow(): object {
    const transport = this.text('tcp or udp');
    if (transport !== 'tcp' && transport !== 'udp') this.fail(`${transport}: expected tcp or udp`);
    const [clientAddress, clientPort] = this.endpoint();
    if (this.text('->') !== '->') this.fail('expected -> between client and server');
    const [serverAddress, serverPort] = this.endpoint();
    return { kind: 'flow', transport, clientAddress, clientPort, serverAddress, serverPort };
  }

  private endpoint(): [string, number] {
    const text = this.text('ADDRESS:PORT');
    const match = /^(\d+\.\d+\.\d+\.\d+):(\d+)$/.exec(text);
    if (!match) this.fail(`${text}: expected an IPv4 address and port, 10.0.0.1:80`);
    return [match![1]!, Number(match![2])];
  }

  private expected(): Expected | undefined {
    const action = this.text('alert, drop, reject or nothing');
    if (action === 'nothing') return undefined;
    if (action !== 'alert' && action !== 'drop' && action !== 'reject')
      this.fail(`${action}: expected alert, drop, reject or nothing`);
    const expected: { -readonly [K in keyof Expected]: Expected[K] } = {
      action: action as Expected['action'],
    };
    while (this.at < this.words.length) {
      const word = this.words[this.at++]!;
      if (word instanceof Uint8Array) expected.message = Buffer.from(word).toString('utf8');
      else if (word === 'at') expected.at = { toServer: this.side(), position: this.number('a position') };
      else expected.detection = word;
    }
    return expected;
  }

  private side(): boolean {
    const side = this.text('client or server');
    if (side !== 'client' && side !== 'server') this.fail(`${side}: expected client or server`);
    return side === 'client';
  }

  private number(expected: string): number {
    const text = this.text(expected);
    if (!/^\d+(\.\d+)?$/.test(text)) this.fail(`${text}: expected ${expected}, a number`);
    return Number(text);
  }

  private text(expected: string): string {
    const word = this.words[this.at++];
    return typeof word === 'string' ? word : this.fail(`expected ${expected}`);
  }

  private bytes(): Uint8Array {
    const parts = this.words.slice(1);
    if (parts.length === 0 || !parts.every(part => part instanceof Uint8Array))
      this.fail('expected bytes: "text" or |00 01 02|');
    return Buffer.concat(parts as Uint8Array[]);
  }

  private fail(problem: string): never {
    throw new TableError(`${this.place}: ${problem}`);
  }
}

function shown(word: Word | undefined): string {
  return word instanceof Uint8Array ? 'bytes' : (word ?? '');
}

const TOKEN = /\s+|#.*$|"((?:[^"\\]|\\.)*)"(?:\*(\d+))?|\|([0-9a-fA-F\s]*)\|(?:\*(\d+))?|[^\s"|#]+/gy;

/** Words, and bytes in quotes or bars; `"x"*100` repeats it that many times. */
function wordsOf(text: string, place: string): Word[] {
  const words: Word[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw new TableError(`${place}: column ${at + 1}: unterminated quote or bar`);
    const [whole, quoted, times, bars, barTimes] = match;
    if (quoted !== undefined) words.push(repeated(quotedBytes(quoted), times));
    else if (bars !== undefined) words.push(repeated(hexBytes(bars, place), barTimes));
    else if (whole.trim() !== '' && !whole.startsWith('#')) words.push(whole);
  }
  return words;
}

function repeated(bytes: Uint8Array, times: string | undefined): Uint8Array {
  return times === undefined ? bytes : Buffer.concat(Array.from({ length: Number(times) }, () => bytes));
}

const ESCAPES: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t', '0': '\0' };

/** Text as UTF-8; hexadecimal between bars in it as bytes. */
function quotedBytes(text: string): Uint8Array {
  const parts = text.split(/(?<!\\)\|/);
  return Buffer.concat(
    parts.map((part, i) =>
      i % 2 === 1
        ? Buffer.from(part.replace(/\s+/g, ''), 'hex')
        : Buffer.from(part.replace(/\\(.)/g, (_, character: string) => ESCAPES[character] ?? character)),
    ),
  );
}

function hexBytes(text: string, place: string): Uint8Array {
  const digits = text.replace(/\s+/g, '');
  if (digits.length % 2 !== 0)
    throw new TableError(`${place}: |${text}|: expected pairs of hexadecimal digits`);
  return Buffer.from(digits, 'hex');
}
