/** Reassembly depth: shared by reassembly, files and the reading of captures. */
import type { Config } from '../config/config.js';
import { option, size } from '../config/option.js';

export const STREAM_DEPTH = option(
  'stream.reassembly.depth',
  size,
  2 ** 20,
  'bytes of each direction that are reassembled; 0: no limit',
);

/** Maximum bytes reassembled at once: more than a batch of usual packets contains. */
const BATCH_BYTES = 2 ** 19;

/**
 * Parsers request more of a stream when they see a file. Streams of a whole batch are reassembled before parsers see
 * them: with a small depth the request would come too late.
 */
export function endsWithinBatch(config: Config): boolean {
  const depth = config.read(STREAM_DEPTH);
  return depth > 0 && depth < BATCH_BYTES;
}

/**
 * Bytes of streams that are reassembled before parsers see them. Packets of captures and devices with segment
 * coalescing have up to 64 KiB each: a batch of them reaches the depth before a parser requests more.
 */
export function bytesAtOnce(config: Config): number {
  const depth = config.read(STREAM_DEPTH);
  return depth > 0 ? Math.min(BATCH_BYTES, depth / 2) : BATCH_BYTES;
}
