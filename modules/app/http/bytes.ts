/** Byte-level predicates for HTTP messages. */
export const LF = 10;
export const CR = 13;
export const SPACE = 32;
export const TAB = 9;
export const COLON = 58;

export const EMPTY = new Uint8Array(0);

export function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}

/** White space as defined by isspace of C. */
export function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || (byte !== undefined && byte >= 9 && byte <= 13);
}

/** RFC 9110 5.6.2 tchar. */
export function isToken(byte: number): boolean {
  return TOKENS[byte] === 1;
}

const TOKENS = new Uint8Array(256);
for (const character of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
  TOKENS[character.charCodeAt(0)] = 1;
}

/** Value of a hexadecimal digit, -1 for other bytes. */
export function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

export function lower(byte: number): number {
  return byte >= 65 && byte <= 90 ? byte + 32 : byte;
}

/** Whether `bytes[start, end)` equals `word` (lower case), ignoring case. */
export function isWord(bytes: Uint8Array, start: number, end: number, word: string): boolean {
  if (end - start !== word.length) return false;
  for (let i = 0; i < word.length; i++) if (lower(bytes[start + i]!) !== word.charCodeAt(i)) return false;
  return true;
}

/** A line without its CR and LF. */
export function chomp(line: Uint8Array): Uint8Array {
  let end = line.length;
  while (end > 0 && (line[end - 1] === LF || line[end - 1] === CR)) end--;
  return line.subarray(0, end);
}

/** A copy that stays valid: bytes from sockets do not. */
export function copy(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

export function lowered(bytes: Uint8Array): Uint8Array {
  const result = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) result[i] = lower(bytes[i]!);
  return result;
}
