/** Sets of values that rules and scripts ask and fill: the contract. */
import type { DatasetDeclaration } from '../dataset-declaration.js';

/** Store of sets. */
export const DATASETS = 'datasets';

export interface Dataset {
  has(bytes: Uint8Array, start: number, end: number): boolean;
  /** @returns false where the bytes are no value of its type */
  add(bytes: Uint8Array, start: number, end: number): boolean;
  remove(bytes: Uint8Array, start: number, end: number): void;
  /** Reputation of a value, undefined where it has none. */
  reputation(bytes: Uint8Array, start: number, end: number): number | undefined;
  /** The entry of a value as its file has it: JSON; undefined where it has none. */
  json(bytes: Uint8Array, start: number, end: number): string | undefined;
}

export interface Datasets {
  /** @throws Error when its file cannot be read */
  open(declaration: DatasetDeclaration): Dataset;
}
