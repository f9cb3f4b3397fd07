/** Bytes in the notation of content: text, and hexadecimal between bars. */

/** Maximum number of bytes shown of a buffer. */
const MAX_BYTES = 48;

/** Printable, and not a special character in a content. */
function isPlain(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f && !'"|\\;:'.includes(String.fromCharCode(byte));
}

/** `GET /|0d 0a|` */
export function contentText(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = '';
  let hexadecimal: string[] = [];
  const flush = (): void => {
    if (hexadecimal.length > 0) text += `|${hexadecimal.join(' ')}|`;
    hexadecimal = [];
  };
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (isPlain(byte)) {
      flush();
      text += String.fromCharCode(byte);
    } else hexadecimal.push(byte.toString(16).padStart(2, '0'));
  }
  flush();
  return text;
}

/** The same for bytes stored as latin1 text. */
export function latin1Text(bytes: string): string {
  return contentText(Uint8Array.from(bytes, c => c.charCodeAt(0)));
}

/** The first bytes in quotes, with the total number if some are omitted. */
export function excerpt(bytes: Uint8Array, start: number, end: number): string {
  if (end <= start) return 'nothing';
  const shown = Math.min(end, start + MAX_BYTES);
  return `"${contentText(bytes, start, shown)}"${shown < end ? ` … (${end - start} bytes)` : ''}`;
}
