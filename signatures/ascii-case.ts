/** Contents are bytes kept as Latin-1 text: only ASCII letters have a case, whatever `toLowerCase` makes of `À`. */
export function asciiLowerCase(bytes: string): string {
  return bytes.replace(/[A-Z]+/g, letters => letters.toLowerCase());
}
