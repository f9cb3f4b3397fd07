/** Files transferred in ranges (RFC 9110 14), over several transactions and connections. */
import type { Range } from '../../../engine/files/range-files.js';
import { TrackedFile } from '../../../engine/files/tracked-file.js';
import { latin1 } from '../../../engine/latin1.js';
import type { HttpSettings } from './settings.js';

/**
 * A range of a file whose length is known is part of the whole.
 * @param file the range, with its `range`
 * @param now seconds
 * @returns undefined if the range is the whole file
 */
export function openRange(
  { ranges, files }: HttpSettings,
  { name, range }: TrackedFile,
  host: Uint8Array | undefined,
  now: number,
): Range | undefined {
  if (!range || range.total <= 0 || range.end - range.start + 1 === range.total) return undefined;
  const key = `${host ? latin1(host) : ''}/${latin1(name)}`;
  return ranges.open(key, range.total, now, () => new TrackedFile(name, false, files));
}
