/**
 * Contents are bytes stored as Latin-1 text: only ASCII letters have case, unlike in `toLowerCase`, which converts `À`.
 */
export function asciiLowerCase(bytes: string): string {
  return bytes.replace(/[A-Z]+/g, letters => letters.toLowerCase());
}
