import type { DatasetType } from './state/dataset-values.js';

/** What a rule or the configuration says of a dataset. */
export interface DatasetDeclaration {
  readonly name: string;
  /** Undefined: as another rule or the configuration declares it. */
  readonly type?: DatasetType;
  /** Values are read from here at the start; written here at the end. */
  readonly load?: string;
  readonly save?: string;
  /** Folder that `load` is relative to. */
  readonly folder: string;
  readonly format?: 'csv' | 'json' | 'ndjson';
  /** Paths into JSON: to the list of entries, and in each to its value. */
  readonly arrayKey?: string;
  readonly valueKey?: string;
  /** Member of `alert.context` that tells the entry; without its value where that is to be removed. */
  readonly contextKey?: string;
  readonly removeKey?: boolean;
  /** A value stands for all names below it too: `.example.com` for `.www.example.com`. */
  readonly subdomains?: boolean;
  /** Bytes it may take, and rows of its table. */
  readonly memcap?: number;
  readonly hashsize?: number;
  readonly reputation?: boolean;
}
