/** Bytes as text of records. */
import { isUtf8 } from 'node:buffer';
import { latin1 } from '../latin1.js';

/** Valid UTF-8 unchanged, otherwise bytes above 127 as `\xc5`. */
export function bytesText(bytes: Uint8Array): string {
  if (isAscii(bytes)) return String.fromCharCode.apply(undefined, bytes as unknown as number[]);
  // Checked first: names that are not UTF-8 are common, and a fatal decoder would create an error for each.
  return isUtf8(bytes) ? utf8(bytes) : escaped(latin1(bytes));
}

function utf8({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString();
}

/** The same for latin1 text. */
export function latin1Text(text: string): string {
  return /^[\0-\x7f]*$/.test(text) ? text : bytesText(Buffer.from(text, 'latin1'));
}

const escaped = (latin1: string): string =>
  latin1.replace(/[\x80-\xff]/g, letter => `\\x${letter.charCodeAt(0).toString(16)}`);

/** Most names are ASCII and short; long ones go to the decoder. */
function isAscii(bytes: Uint8Array): boolean {
  if (bytes.length > 1024) return false;
  for (let i = 0; i < bytes.length; i++) if (bytes[i]! > 127) return false;
  return true;
}
