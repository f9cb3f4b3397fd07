/** Option values that are host addresses and networks. */

import { parseNetwork } from '../prefix-table.js';
import { bracketed } from './bracketed.js';
import type { OptionType } from './option.js';

export const networks: OptionType<readonly string[]> = {
  expected: 'an address or network such as 192.0.2.0/24, or a list of them',
  parse(value) {
    const list = listOf(value);
    return list?.every(network => parseNetwork(network) !== undefined) ? list : undefined;
  },
};

/** A YAML list, or one text with several entries; undefined for a mapping, or unmatched brackets. */
function listOf(value: unknown): string[] | undefined {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.map(String);
  if (typeof value === 'object') return undefined;
  return bracketed(String(value));
}
