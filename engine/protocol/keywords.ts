/** What a protocol's transactions offer to signatures: buffers, values, and keywords with a grammar of their own. */
import type { Transaction } from './transaction.js';

export type Direction = 'to_server' | 'to_client' | 'either';

/** How the text of a buffer looks, where it always looks alike: contents that look otherwise could not match. */
export interface TextForm {
  /** Letters are of this case: contents are written in it whatever case the rule has. */
  readonly letters: 'lower' | 'upper';
  /** Characters of the whole text. */
  readonly length?: number;
  /** It is hexadecimal digits, in pairs with colons between them where that is said. */
  readonly pairs: boolean;
}

/** MD5 in hexadecimal digits. */
export const MD5_TEXT: TextForm = { letters: 'lower', length: 32, pairs: false };

/** A sticky buffer: bytes of a transaction under a keyword. */
export interface BufferDeclaration<T extends Transaction = Transaction> {
  /** `http.uri` */
  readonly keyword: string;
  /** Content modifier of old: `http_uri`. */
  readonly modifier?: string;
  /** Other names of the keyword. */
  readonly aliases?: readonly string[];
  readonly direction: Direction;
  /** Progress at which it is complete, per direction it exists in (index into the progress names). */
  readonly progress: number;
  readonly summary: string;
  /** False where the transaction is not of the kind that has it: `absent` does not hold either. All are, by default. */
  applies?(transaction: T, toServer: boolean): boolean;
  /** Several values (headers, names, certificates): each is inspected by itself. */
  readonly multiple?: boolean;
  /** A body that is inspected while it grows, up to its inspection limits. */
  readonly growing?: boolean;
  /** With `growing`: each value is whole as soon as it is there, more of them may come (names of files). */
  readonly whole?: boolean;
  readonly form?: TextForm;
  /** Path of the option that switches it: where that is `no`, rules that use it are refused. */
  readonly switch?: string;
  /** Other protocols have it too (`file.data`): a rule that uses it is not about this protocol alone. */
  readonly shared?: boolean;
  /**
   * The bytes, or undefined where the transaction has none. A view that stays valid as long as the transaction.
   * @param index number of the value for `multiple` buffers, 0 otherwise
   */
  get(transaction: T, toServer: boolean, index: number): Uint8Array | undefined;
  /** Byte order of its numbers, for `byte_test … dce` and the like; big where nothing is said. */
  littleEndian?(transaction: T, toServer: boolean): boolean;
}

/** A number of a transaction under a keyword, matched with the integer syntax (`<5`, `1-3`, `!2`, names). */
export interface ValueDeclaration<T extends Transaction = Transaction> {
  readonly keyword: string;
  readonly aliases?: readonly string[];
  readonly bits: 8 | 16 | 32 | 64;
  readonly direction: Direction;
  readonly progress: number;
  readonly summary: string;
  /** Names that may be written instead of numbers. */
  readonly names?: Readonly<Record<string, number>>;
  /** Both ends of a range belong to it. */
  readonly inclusive?: boolean;
  /** See `BufferDeclaration.shared`. */
  readonly shared?: boolean;
  /** There may be more values later: a comparison that fails is tried again when there are. */
  readonly growing?: boolean;
  /**
   * All values (multi-integers give several).
   * @param visible what `Protocol.bodyLength` was at the moment of inspection; all is visible when absent
   */
  get(transaction: T, toServer: boolean, visible?: number): readonly number[];
}

/** A keyword with a grammar of its own. */
export interface TestDeclaration<T extends Transaction = Transaction> {
  readonly keyword: string;
  readonly aliases?: readonly string[];
  readonly direction: Direction;
  readonly progress: number;
  readonly summary: string;
  /** See `BufferDeclaration.shared`. */
  readonly shared?: boolean;
  /** It may stand once in a rule. */
  readonly single?: boolean;
  /** It takes no argument. */
  readonly plain?: boolean;
  /** It is about what may come later: a test that fails is tried again when there is more. */
  readonly growing?: boolean;
  /**
   * Plain data to be kept with the signature.
   * @param folders that files named in the argument are relative to, in the order in which they are tried
   * @throws Error saying what was expected
   */
  parse(argument: string | undefined, folders?: readonly string[]): unknown;
  /** What `matches` works with, made once in each thread; the plain data themselves when absent. */
  compile?(parsed: unknown): unknown;
  matches(transaction: T, toServer: boolean, compiled: unknown): boolean;
}

/** What a buffer shows of a text: its UTF-8 bytes. */
export const bytesOfText = (text: string | undefined): Uint8Array | undefined =>
  text === undefined ? undefined : Buffer.from(text);
