/** What a protocol's transactions offer to signatures: buffers, values, and keywords with a grammar of their own. */
import type { Transaction } from './transaction.js';

export type Direction = 'to_server' | 'to_client' | 'either';

/** The fixed text form of a buffer, if it has one: contents of another form could never match. */
export interface TextForm {
  /** Case of letters: contents are converted to it regardless of their case in the rule. */
  readonly letters: 'lower' | 'upper';
  /** Length of the whole text in characters. */
  readonly length?: number;
  /** Hexadecimal digits; true: in pairs separated by colons. */
  readonly pairs: boolean;
}

/** MD5 in hexadecimal digits. */
export const MD5_TEXT: TextForm = { letters: 'lower', length: 32, pairs: false };

/** A sticky buffer: bytes of a transaction, named by a keyword. */
export interface BufferDeclaration<T extends Transaction = Transaction> {
  /** `http.uri` */
  readonly keyword: string;
  /** Legacy content modifier: `http_uri`. */
  readonly modifier?: string;
  /** Other names of the keyword. */
  readonly aliases?: readonly string[];
  readonly direction: Direction;
  /** Progress at which it is complete, per direction in which it exists (index into the progress names). */
  readonly progress: number;
  readonly summary: string;
  /**
   * False if the transaction is of a kind that cannot have it: then `absent` does not match either. Default: true for
   * all.
   */
  applies?(transaction: T, toServer: boolean): boolean;
  /** Several values (headers, names, certificates): each is inspected separately. */
  readonly multiple?: boolean;
  /** A body that is inspected while it grows, up to its inspection limits. */
  readonly growing?: boolean;
  /** With `growing`: each value is complete as soon as it exists, more may follow (names of files). */
  readonly whole?: boolean;
  readonly form?: TextForm;
  /** Path of the option that enables it: if `no`, rules that use it are refused. */
  readonly switch?: string;
  /** Other protocols have it too (`file.data`): a rule that uses it is not limited to this protocol. */
  readonly shared?: boolean;
  /**
   * The bytes, or undefined if the transaction has none. A view that stays valid as long as the transaction.
   * @param index number of the value for `multiple` buffers, 0 otherwise
   */
  get(transaction: T, toServer: boolean, index: number): Uint8Array | undefined;
  /** Byte order of its numbers, for `byte_test … dce` and the like; big-endian by default. */
  littleEndian?(transaction: T, toServer: boolean): boolean;
}

/** A number of a transaction, named by a keyword, matched with the integer syntax (`<5`, `1-3`, `!2`, names). */
export interface ValueDeclaration<T extends Transaction = Transaction> {
  readonly keyword: string;
  readonly aliases?: readonly string[];
  readonly bits: 8 | 16 | 32 | 64;
  readonly direction: Direction;
  readonly progress: number;
  readonly summary: string;
  /** Names accepted instead of numbers. */
  readonly names?: Readonly<Record<string, number>>;
  /** Ranges include both ends. */
  readonly inclusive?: boolean;
  /** See `BufferDeclaration.shared`. */
  readonly shared?: boolean;
  /** More values may follow: a failed comparison is repeated when they do. */
  readonly growing?: boolean;
  /**
   * All values (multi-integers have several).
   * @param visible what `Protocol.bodyLength` was at the moment of inspection; everything if absent
   */
  get(transaction: T, toServer: boolean, visible?: number): readonly number[];
}

/** A keyword with its own grammar. */
export interface TestDeclaration<T extends Transaction = Transaction> {
  readonly keyword: string;
  readonly aliases?: readonly string[];
  readonly direction: Direction;
  readonly progress: number;
  readonly summary: string;
  /** The form of the argument, as shown to authors of rules. */
  readonly grammar?: string;
  /** See `BufferDeclaration.shared`. */
  readonly shared?: boolean;
  /** Allowed only once in a rule. */
  readonly single?: boolean;
  /** It takes no argument. */
  readonly plain?: boolean;
  /** It depends on data that may follow: a failed test is repeated when there is more. */
  readonly growing?: boolean;
  /**
   * Parses the argument to plain data that is stored with the signature.
   * @param folders for relative file names in the argument, in search order
   * @throws Error saying what was expected
   */
  parse(argument: string | undefined, folders?: readonly string[]): unknown;
  /** Creates the value passed to `matches`, once per thread; default: the plain data itself. */
  compile?(parsed: unknown): unknown;
  matches(transaction: T, toServer: boolean, compiled: unknown): boolean;
}

/** The UTF-8 bytes of a text, for a buffer. */
export const bytesOfText = (text: string | undefined): Uint8Array | undefined =>
  text === undefined ? undefined : Buffer.from(text);
