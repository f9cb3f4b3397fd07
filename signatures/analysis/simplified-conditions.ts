/** Simplifies conditions at the beginning and at the end of a buffer, with notes about the changes. */
import type { ContentMatch, Match } from '../signature.js';

/** Conditions as inspected, and notes about the changes. */
export interface SimplifiedConditions {
  readonly conditions: readonly Match[];
  readonly notes: readonly string[];
}

const RAW_BYTES = "'/B' (rawbytes) option is a no-op and is silently ignored";

/** Distances without a preceding match become offsets; a content after which no byte may follow ends the buffer. */
export function simplifyConditions(conditions: readonly Match[]): SimplifiedConditions {
  const settled: Match[] = [];
  const notes: string[] = [];
  for (const match of conditions) {
    if (match.kind === 'pcre' && match['rawBytes'] === true) notes.push(RAW_BYTES);
    const before = settled.at(-1);
    if (before?.kind === 'content' && endsBuffer(match))
      settled[settled.length - 1] = { ...before, endswith: true };
    else if (settled.length === 0 && match.kind === 'content')
      settled.push(absolute(match as ContentMatch, notes));
    else settled.push(match);
  }
  return { conditions: settled, notes };
}

function endsBuffer(match: Match): boolean {
  return (
    match.kind === 'isdataat' &&
    match['negated'] === true &&
    match['relative'] === true &&
    match['position'] === 1
  );
}

function absolute(content: ContentMatch, notes: string[]): ContentMatch {
  const { distance, within, ...rest } = content;
  if (typeof distance === 'string' || typeof within === 'string') return content;
  const note = (from: string, to: string) =>
    notes.push(`'${from}' option for pattern w/o previous content was converted to '${to}'`);
  if (distance !== undefined) note('distance', 'offset');
  if (within !== undefined) note('within', 'depth');
  const offset = Math.max(0, distance ?? 0);
  return {
    ...rest,
    ...(distance !== undefined && offset > 0 && { offset }),
    ...(within !== undefined && { depth: within + offset }),
  };
}
