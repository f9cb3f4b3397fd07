/** Numbers that an object identifier may have (RFC 2578 3.5). */
const MOST_ARCS = 128;

/** Numbers with points between them; each is of bytes of seven bits, the first two are one (X.690 8.19). */
export function objectIdentifier(content: Uint8Array): string {
  const arcs: number[] = [];
  let value = 0;
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    if (arcs.length === 0)
      arcs.push(Math.min(2, Math.floor(value / 40)), value - 40 * Math.min(2, Math.floor(value / 40)));
    else arcs.push(value);
    value = 0;
    if (arcs.length >= MOST_ARCS) break;
  }
  return arcs.join('.');
}
