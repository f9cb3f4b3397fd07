/** Shortens records that are too long for the pool: a record with less content is better than none. */

/** Initial limits: characters of a text, and elements of a list. */
const [MAX_TEXT_LENGTH, MAX_LIST_LENGTH] = [65_536, 1024];

/**
 * @param members JSON members without braces; numbers in them beyond 2^53 lose digits
 * @param most maximum bytes of the result
 * @returns '' if even the shortest texts are too long
 */
export function shortened(members: string, most: number): string {
  const record = JSON.parse(`{${members}}`);
  for (let [text, list] = [MAX_TEXT_LENGTH, MAX_LIST_LENGTH]; text >= 1; text >>= 2, list >>= 1) {
    const cut = JSON.stringify(record, (_, value) => cutTo(value, text, list)).slice(1, -1);
    if (Buffer.byteLength(cut) <= most) return cut;
  }
  return '';
}

function cutTo(value: unknown, text: number, list: number): unknown {
  if (typeof value === 'string' && value.length > text) return value.slice(0, text);
  return Array.isArray(value) && value.length > list ? value.slice(0, list) : value;
}
