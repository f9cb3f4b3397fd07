/** Session descriptions (SDP, RFC 8866 5): lines of one letter and a value, of the session and of each of its media. */

/** Values by the letter of their line, in order. */
export type Section = ReadonlyMap<string, readonly string[]>;

/** Times of a session, and its repetitions. */
export interface TimeDescription {
  readonly time: string;
  readonly repeats: string[];
}

export interface SessionDescription {
  readonly session: Section;
  readonly times: readonly TimeDescription[];
  readonly media: readonly Section[];
  /**
   * All repetitions; attributes of the session and of its media; the first line with each letter of each media
   * description.
   */
  readonly repeats: readonly string[];
  readonly attributes: readonly string[];
  readonly ofMedia: Section;
}

/** Maximum lines kept. */
const MAX_LINES = 1024;
const LETTERS = 'vosiuepcbtrzkam';

/** @returns undefined if it is not one */
export function parseSdp(bytes: Uint8Array): SessionDescription | undefined {
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    .toString('latin1')
    .split('\n', MAX_LINES);
  const session = new Map<string, string[]>();
  const times: TimeDescription[] = [];
  const media: Map<string, string[]>[] = [];
  const repeats: string[] = [];
  const attributes: string[] = [];
  const ofMedia = new Map<string, string[]>();
  for (const [number, line] of lines.entries()) {
    const match = /^([a-z])=([^\r]*)\r?$/.exec(line);
    if (number === 0 && match?.[1] !== 'v') return undefined;
    if (!match) continue;
    const [, letter, value] = match as unknown as [string, string, string];
    if (!LETTERS.includes(letter)) continue;
    if (letter === 'm') media.push(new Map());
    else if (letter === 't') times.push({ time: value, repeats: [] });
    else if (letter === 'r') {
      times.at(-1)?.repeats.push(value);
      if (times.length > 0) repeats.push(value);
    } else if (letter === 'a') attributes.push(value);
    const medium = media.at(-1);
    if (medium && !medium.has(letter)) add(ofMedia, letter, value);
    add(medium ?? session, letter, value);
  }
  return { session, times, media, repeats, attributes, ofMedia };
}

function add(section: Map<string, string[]>, letter: string, value: string): void {
  const values = section.get(letter);
  if (values) values.push(value);
  else section.set(letter, [value]);
}
