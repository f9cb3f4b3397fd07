/** Content-Range (RFC 9110 14.4). */
export interface ContentRange {
  readonly start: number;
  readonly end: number;
  /** -1 if unknown. */
  readonly total: number;
}

/** `bytes 0-99/200`, `bytes 0-99/*`; undefined if malformed. */
export function parseContentRange(text: string): ContentRange | undefined {
  const match = /^\s*bytes\s+(\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)\s*$/i.exec(text);
  if (!match) return undefined;
  const start = Number(match[1]);
  const end = Number(match[2]);
  const total = match[3] === '*' ? -1 : Number(match[3]);
  return start > end || (total >= 0 && end >= total) ? undefined : { start, end, total };
}
