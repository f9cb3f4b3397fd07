/** The contract of datasets, which rules and scripts query and change. */
import type { DatasetDeclaration } from '../dataset-declaration.js';

/** Store of datasets. */
export const DATASETS = 'datasets';

export interface Dataset {
  has(bytes: Uint8Array, start: number, end: number): boolean;
  /** @returns false if the bytes are not a value of its type */
  add(bytes: Uint8Array, start: number, end: number): boolean;
  remove(bytes: Uint8Array, start: number, end: number): void;
  /** Reputation of a value; undefined if it has none. */
  reputation(bytes: Uint8Array, start: number, end: number): number | undefined;
  /** The JSON entry of a value in its file; undefined if it has none. */
  json(bytes: Uint8Array, start: number, end: number): string | undefined;
}

export interface Datasets {
  /** @throws Error if its file cannot be read */
  open(declaration: DatasetDeclaration): Dataset;
}
