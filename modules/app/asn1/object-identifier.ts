/** Object identifiers (X.690 8.19) as text. */

/** Maximum numbers of an identifier (RFC 2578 3.5). */
const MAX_ARCS = 128;
/** Maximum bytes of one number: those derived from UUIDs have 128 bits (X.667). */
const MAX_ARC_LENGTH = 19;
/** Bytes of seven bits that fit exactly into a JavaScript number. */
const EXACT = 7;

/** Numbers separated by dots; each is encoded in bytes of seven bits, the first two are combined. */
export function objectIdentifier(content: Uint8Array): string {
  const arcs: (number | bigint)[] = [];
  let from = 0;
  for (let at = 0; at < content.length && arcs.length < MAX_ARCS; at++) {
    if (content[at]! >= 0x80) continue;
    if (at - from >= MAX_ARC_LENGTH) break;
    const value = arcOf(content, from, at + 1);
    if (arcs.length === 0) arcs.push(...firstTwo(value));
    else arcs.push(value);
    from = at + 1;
  }
  return arcs.join('.');
}

function arcOf(bytes: Uint8Array, from: number, to: number): number | bigint {
  let exact = 0;
  for (let at = from; at < Math.min(to, from + EXACT); at++) exact = exact * 128 + (bytes[at]! & 0x7f);
  if (to - from <= EXACT) return exact;
  let value = BigInt(exact);
  for (let at = from + EXACT; at < to; at++) value = value * 128n + BigInt(bytes[at]! & 0x7f);
  return value;
}

function firstTwo(value: number | bigint): (number | bigint)[] {
  if (typeof value === 'bigint' && value >= 80n) return [2, value - 80n];
  const first = Math.min(2, Math.floor(Number(value) / 40));
  return [first, Number(value) - 40 * first];
}
