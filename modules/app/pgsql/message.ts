/** Parts of messages: numbers, zero-terminated texts, fields of errors. */
import { latin1 } from '../../../engine/latin1.js';

/** Special codes in place of a version. */
export const CANCEL_REQUEST = 80877102;
export const SSL_REQUEST = 80877103;
export const GSS_REQUEST = 80877104;

/** Maximum bytes of a message that are kept; longer ones are skipped. */
export const MAX_MESSAGE_LENGTH = 512 << 10;
/** Maximum parameters and fields of a message that are kept. */
const MAX_FIELDS = 128;

/** Consecutive texts, up to an empty one. */
export function texts(bytes: Uint8Array): string[] {
  const list = latin1(bytes).split('\0', 2 * MAX_FIELDS);
  const end = list.indexOf('');
  return end < 0 ? list : list.slice(0, end);
}

/** `DateStyle` as named in records: `date_style`. */
export function parameterName(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
}

/** Names of fields of errors and notices, by the byte before them. */
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
