/** Parts of a command (RFC 5321 4.1.1). */
import { trimAscii } from '../../../engine/latin1.js';

/** The command itself, in upper case. */
export function wordOf(text: string): string {
  return (/^[A-Za-z]+/.exec(text)?.[0] ?? '').toUpperCase();
}

/** The name in `EHLO example.org`. */
export function heloOf(word: string, text: string): Uint8Array | undefined {
  if (word !== 'HELO' && word !== 'EHLO') return undefined;
  const name = trimAscii(text.slice(4));
  return name === '' ? undefined : Buffer.from(name, 'latin1');
}

/** `<a@example.org>` of `MAIL FROM:<a@example.org> SIZE=1` */
export function pathOf(text: string): Uint8Array {
  const colon = text.indexOf(':');
  const rest = trimAscii(text.slice(colon < 0 ? 4 : colon + 1));
  const end = rest.indexOf('>');
  return Buffer.from(end < 0 ? rest.split(' ')[0]! : rest.slice(0, end + 1), 'latin1');
}

/** `BDAT 100 LAST` (RFC 3030 2). */
export function chunkOf(text: string): { readonly length: number; readonly last: boolean } | undefined {
  const match = /^BDAT\s+(\d{1,10})(\s+LAST)?\s*$/i.exec(text);
  return match ? { length: Number(match[1]), last: match[2] !== undefined } : undefined;
}
