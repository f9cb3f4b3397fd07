/** How far streams are put together: what reassembly, files and the reading of captures have to agree upon. */
import type { Config } from './config/config.js';
import { option, size } from './config/option.js';

export const STREAM_DEPTH = option(
  'stream.reassembly.depth',
  size,
  2 ** 20,
  'bytes of each direction that are reassembled; 0: no limit',
);

/** More bytes than a batch of packets brings of one stream, mostly. */
const OF_A_BATCH = 2 ** 19;

/**
 * Parsers ask for more of a stream when they see a file. Streams of a whole batch are put together before they see
 * anything of it: with a small depth the question would come too late.
 */
export function endsWithinBatch(config: Config): boolean {
  const depth = config.read(STREAM_DEPTH);
  return depth > 0 && depth < OF_A_BATCH;
}
