/** How far streams are put together: what reassembly, files and the reading of captures have to agree upon. */
import type { Config } from '../config/config.js';
import { option, size } from '../config/option.js';

export const STREAM_DEPTH = option(
  'stream.reassembly.depth',
  size,
  2 ** 20,
  'bytes of each direction that are reassembled; 0: no limit',
);

/** Most bytes that packets bring to be put together at once: more than a batch of usual packets has. */
const OF_A_BATCH = 2 ** 19;

/**
 * Parsers ask for more of a stream when they see a file. Streams of a whole batch are put together before they see
 * anything of it: with a small depth the question would come too late.
 */
export function endsWithinBatch(config: Config): boolean {
  const depth = config.read(STREAM_DEPTH);
  return depth > 0 && depth < OF_A_BATCH;
}

/**
 * Bytes of streams that are put together before parsers see them. Packets of captures and devices that join segments have
 * 64 KiB each: a batch of them reaches the depth before a parser asks for more.
 */
export function bytesAtOnce(config: Config): number {
  const depth = config.read(STREAM_DEPTH);
  return depth > 0 ? Math.min(OF_A_BATCH, depth / 2) : OF_A_BATCH;
}
