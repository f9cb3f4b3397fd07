/** Bytes as text and back, a byte a character. */

export function latin1(bytes: Uint8Array, start = 0, end = bytes.length): string {
  if (end <= start) return '';
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}

export function fromLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** The letters of ASCII in upper case. Other bytes stay what they are: `toUpperCase` makes ÿ and µ characters beyond a byte. */
export function upperAscii(text: string): string {
  return text.replace(/[a-z]+/g, letters => letters.toUpperCase());
}
