/** UUIDs as encoded in DCE/RPC and SMB: the first three fields are numbers in the byte order of the message. */

/** A UUID in its usual text form. @param at offset of its first byte */
export function uuidText(bytes: Uint8Array, at: number, littleEndian = true): string {
  let text = '';
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += '-';
    text += HEX[bytes[at + (littleEndian ? LITTLE[i]! : i)]!];
  }
  return text;
}

const LITTLE = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** @throws Error unless the text is a UUID  @returns it in lower case */
export function parseUuid(text: string): string {
  const uuid = text.trim().toLowerCase();
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid))
    throw new Error(`"${text.trim()}" is not a UUID`);
  return uuid;
}
