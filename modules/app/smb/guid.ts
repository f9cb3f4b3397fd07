/** Identifiers of 16 bytes as text for records: numbers of two or more bytes are little-endian. */
export function guidText(bytes: Uint8Array, at = 0): string {
  let text = '';
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += '-';
    text += (bytes[at + ORDER[i]!] ?? 0).toString(16).padStart(2, '0');
  }
  return text;
}

const ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 9, 8, 11, 10, 12, 13, 14, 15];
