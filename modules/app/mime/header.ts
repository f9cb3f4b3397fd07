/** Header fields of messages (RFC 5322 2.2) and their parameters (RFC 2045 5.1, 2231). */
import { latin1, trimAscii, trimAsciiEnd, trimAsciiStart } from '../../../engine/latin1.js';

export interface HeaderField {
  /** As received. */
  readonly name: string;
  /** Unfolded; one character per byte. */
  readonly value: string;
}

/** Fields of one header that are kept. */
const MAX_FIELDS = 1024;
/** With its colon, the length of a line with an encoded word (RFC 2047 2): longer names are reported. */
const USUAL_NAME = 75;
/** RFC 5322 2.1.1. */
const MAX_NAME_LENGTH = 998;
const NONE: readonly string[] = [];

export type HeaderProblem = 'mime_long_header_name' | 'mime_long_header_value' | 'mime_malformed_msg';

/** The fields of one header, line by line. */
export class HeaderFields {
  readonly fields: HeaderField[] = [];
  /** Values by lower-case name. */
  private readonly byName = new Map<string, string[]>();
  private name: string | undefined;
  private value = '';

  /** @param maxValueLength maximum characters of a value that are kept */
  constructor(
    private readonly maxValueLength: number,
    private readonly report: (problem: HeaderProblem) => void,
  ) {}

  line(bytes: Uint8Array): void {
    const text = latin1(bytes);
    if (/^[ \t]/.test(text)) {
      // Unfolded by removing the line end and the white space after it.
      this.extend(text.replace(/^[ \t]+/, ''));
      return;
    }
    this.finish();
    const colon = text.indexOf(':');
    if (colon < 0) {
      if (text !== '') this.report('mime_malformed_msg');
      return;
    }
    if (colon > USUAL_NAME) this.report('mime_long_header_name');
    this.name = trimAscii(text.slice(0, Math.min(colon, MAX_NAME_LENGTH)));
    this.extend(trimAsciiStart(text.slice(colon + 1)));
  }

  private extend(more: string): void {
    if (this.name === undefined) return;
    if (this.value.length + more.length > this.maxValueLength) this.report('mime_long_header_value');
    this.value = (this.value + more).slice(0, this.maxValueLength);
  }

  /** The header has ended. */
  finish(): void {
    if (this.name !== undefined && this.fields.length < MAX_FIELDS)
      this.add({ name: this.name, value: trimAsciiEnd(this.value) });
    this.name = undefined;
    this.value = '';
  }

  private add(field: HeaderField): void {
    this.fields.push(field);
    const name = field.name.toLowerCase();
    const values = this.byName.get(name);
    if (values) values.push(field.value);
    else this.byName.set(name, [field.value]);
  }

  /** @param name in lower case */
  first(name: string): string | undefined {
    return this.all(name)[0];
  }

  all(name: string): readonly string[] {
    return this.byName.get(name) ?? NONE;
  }
}

/** ASCII blanks, for a character class: `\\s` includes byte A0, which is the end of characters in UTF-8. */
const BLANKS = '\\t-\\r ';

/** A parameter such as `filename="x"`, also if it is split (`filename*0=`). */
export function parameter(value: string, name: string): string | undefined {
  const found = new RegExp(`;\\s*${name}\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"?|([^;${BLANKS}]*))`, 'i').exec(
    value,
  );
  if (found) return found[1] === undefined ? found[2] : found[1].replace(/\\(.)/g, '$1');
  const pieces = [
    ...value.matchAll(
      new RegExp(`;\\s*${name}\\*\\d{0,3}\\*?\\s*=\\s*(?:"([^"]*)"?|([^;${BLANKS}]*))`, 'gi'),
    ),
  ];
  if (pieces.length === 0) return undefined;
  return pieces.map(piece => piece[1] ?? piece[2]!).join('');
}
