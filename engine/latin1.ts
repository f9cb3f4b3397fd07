/** Bytes to text and back, one character per byte. */

export function latin1(bytes: Uint8Array, start = 0, end = bytes.length): string {
  if (end <= start) return '';
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}

export function fromLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/**
 * Converts ASCII letters to upper case. Other bytes are unchanged: `toUpperCase` would convert ÿ and µ to characters
 * beyond one byte.
 */
export function upperAscii(text: string): string {
  return text.replace(/[a-z]+/g, letters => letters.toUpperCase());
}

/** Converts ASCII letters to lower case. Other bytes have no case: `toLowerCase` would convert À. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, letters => letters.toLowerCase());
}

/**
 * Removes leading and trailing ASCII whitespace. `trim` would also remove byte A0: in UTF-8 it is the last byte of à
 * and many other characters.
 */
export function trimAscii(text: string): string {
  return trimAsciiEnd(trimAsciiStart(text));
}

export function trimAsciiStart(text: string): string {
  let start = 0;
  while (start < text.length && isBlank(text.charCodeAt(start))) start++;
  return text.slice(start);
}

export function trimAsciiEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(0, end);
}

/** Space, tab, and line and page breaks. */
const isBlank = (code: number): boolean => code === 0x20 || (code >= 0x09 && code <= 0x0d);
