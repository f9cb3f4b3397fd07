/** Formats of lines of text, such as `%{%D-%H:%M:%S}t.%z %a:%p -> %A:%P %h %[16]u`. */
import { strftime } from '../log-file/strftime.js';

/** Literal text, or a field: its letter, the argument in braces, and the maximum length. */
type Part = string | { readonly letter: string; readonly argument: string; readonly most: number };

/** Values common to the lines of all protocols. */
export interface LineSubject {
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly client: string;
  readonly clientPort: number;
  readonly server: string;
  readonly serverPort: number;
}

/** A field of the protocol; undefined if it has none. Latin1. */
export type LineField = (letter: string, argument: string) => string | undefined;

const FIELD = /%(?:\[(\d+)\])?(?:\{([^}]*)\})?([A-Za-z%])/g;
/** Placeholder for an absent field. */
const EMPTY_FIELD = '-';

export function lineFormat(text: string): readonly Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const found of text.matchAll(FIELD)) {
    parts.push(text.slice(end, found.index));
    const [whole, most, argument = '', letter] = found;
    parts.push({
      letter: letter!,
      argument,
      most: most === undefined ? Number.POSITIVE_INFINITY : Number(most),
    });
    end = found.index + whole.length;
  }
  return [...parts, text.slice(end)].filter(part => part !== '');
}

export function formatLine(format: readonly Part[], subject: LineSubject, field: LineField): string {
  return format
    .map(part => {
      if (typeof part === 'string') return part;
      const { letter, argument, most } = part;
      const text = common(subject, letter, argument) ?? field(letter, argument) ?? EMPTY_FIELD;
      return printableField(text.slice(0, most));
    })
    .join('');
}

function common(subject: LineSubject, letter: string, argument: string): string | undefined {
  switch (letter) {
    case 't':
      return strftime(argument || '%D-%H:%M:%S', new Date(subject.seconds * 1000));
    case 'z':
      return String(Math.trunc(subject.nanoseconds / 1000)).padStart(6, '0');
    case 'a':
      return subject.client;
    case 'p':
      return String(subject.clientPort);
    case 'A':
      return subject.server;
    case 'P':
      return String(subject.serverPort);
    case '%':
      return '%';
    default:
      return undefined;
  }
}

/** Writes unprintable bytes as `|0A|`. */
export function printableField(latin1: string): string {
  return latin1.replace(
    /[^\x20-\x7e]/g,
    byte => `|${byte.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}|`,
  );
}
