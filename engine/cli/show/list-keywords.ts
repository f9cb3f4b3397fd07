/** `--list-keywords`. */
import { listKeywords as list } from '../../../signatures/list-keywords.js';
import type { Protocol } from '../../protocol.js';
import { UsageError } from '../usage-error.js';

/** @param what empty: names; `all` or `csv`: with details; else one keyword */
export function listKeywords(what: string, protocols: readonly Protocol[]): string {
  try {
    return list(what, protocols);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
