/** A separate copy of a text: a slice of a larger one would keep all of that in memory. */
export function flatText(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
