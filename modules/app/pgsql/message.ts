/** Parts of messages: numbers, texts that end with a zero, fields of errors. */
import { latin1 } from '../../../engine/latin1.js';

/** Codes in place of a version. */
export const CANCEL_REQUEST = 80877102;
export const SSL_REQUEST = 80877103;
export const GSS_REQUEST = 80877104;

/** Bytes of a message that are kept; what is longer is skipped. */
export const LONGEST_MESSAGE = 512 << 10;
/** Parameters and fields of a message that are kept. */
const MOST_FIELDS = 128;

/** Texts one after the other, up to an empty one. */
export function texts(bytes: Uint8Array): string[] {
  const list = latin1(bytes).split('\0', 2 * MOST_FIELDS);
  const end = list.indexOf('');
  return end < 0 ? list : list.slice(0, end);
}

/** `DateStyle` as records name it: `date_style`. */
export function parameterName(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
}

/** Meanings of fields of errors and notices, by the byte before them. */
const ERROR_FIELDS: Readonly<Record<string, string>> = {
  S: 'severity_localizable',
  V: 'severity_non_localizable',
  C: 'code',
  M: 'message',
  D: 'detail',
  H: 'hint',
  P: 'position',
  p: 'internal_position',
  q: 'internal_query',
  W: 'where',
  s: 'schema_name',
  t: 'table_name',
  c: 'column_name',
  d: 'data_type_name',
  n: 'constraint_name',
  F: 'file',
  L: 'line',
  R: 'routine',
};

/** Fields of an error or notice by name. */
export function errorFields(bytes: Uint8Array): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const text of texts(bytes)) {
    const name = ERROR_FIELDS[text[0]!];
    if (name) fields[name] = text.slice(1);
  }
  return fields;
}
