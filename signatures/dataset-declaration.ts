import type { DatasetType } from './state/dataset-values.js';

/** A dataset as declared in a rule or in the configuration. */
export interface DatasetDeclaration {
  readonly name: string;
  /** Undefined: as declared elsewhere. */
  readonly type?: DatasetType;
  /** File from which values are read at the start; to which they are written at the end. */
  readonly load?: string;
  readonly save?: string;
  /** Folder that `load` is relative to. */
  readonly folder: string;
  readonly format?: 'csv' | 'json' | 'ndjson';
  /** JSON paths: to the list of entries, and in each entry to its value. */
  readonly arrayKey?: string;
  readonly valueKey?: string;
  /** Member of `alert.context` that contains the entry; without its value if that is to be removed. */
  readonly contextKey?: string;
  readonly removeKey?: boolean;
  /** A value also matches all subdomains: `.example.com` matches `.www.example.com`. */
  readonly subdomains?: boolean;
  /** Memory limit in bytes, and size of the hash table. */
  readonly memcap?: number;
  readonly hashsize?: number;
  readonly reputation?: boolean;
}
