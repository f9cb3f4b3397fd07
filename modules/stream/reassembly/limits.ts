/** Limits of the data waiting after gaps in one direction, and the reassembly depth of a stream. */
import type { Config } from '../../../engine/config/config.js';
import { STREAM_DEPTH } from '../../../engine/stream/stream-depth.js';
import * as Direction from './direction.js';
import * as Options from './options.js';

/** Preset `strict`: the usual limits of inline engines. */
const STRICT = { chunks: 5, bytes: 5000, holes: 2 };
const NO_LIMIT = { chunks: 0, bytes: 0, holes: 0 };

export class Limits {
  readonly depth: number;
  private readonly chunks: number;
  private readonly bytes: number;
  private readonly holes: number;
  private readonly regions: number;

  constructor(config: Config) {
    const preset = config.read(Options.OUT_OF_ORDER_LIMITS) === 'strict' ? STRICT : NO_LIMIT;
    this.depth = Math.min(config.read(STREAM_DEPTH), 2 ** 32 - 1);
    this.chunks = bound(config.read(Options.MAX_OUT_OF_ORDER_PACKETS) || preset.chunks);
    this.bytes = bound(config.read(Options.MAX_OUT_OF_ORDER_BYTES) || preset.bytes);
    this.holes = bound(config.read(Options.MAX_OUT_OF_ORDER_HOLES) || preset.holes);
    this.regions = bound(config.read(Options.MAX_REGIONS));
  }

  /** Whether a segment of `length` bytes that has to wait and adds this many gaps and wide gaps exceeds a limit. */
  exceeded(rows: Int32Array, r: number, length: number, holes: number, wideHoles: number): boolean {
    return (
      rows[r + Direction.WAITING_CHUNKS]! >= this.chunks ||
      rows[r + Direction.WAITING_BYTES]! + length > this.bytes ||
      (holes > 0 && rows[r + Direction.HOLES]! + holes > this.holes) ||
      (wideHoles > 0 && rows[r + Direction.WIDE_HOLES]! + wideHoles >= this.regions)
    );
  }
}

function bound(limit: number): number {
  return limit === 0 ? Number.POSITIVE_INFINITY : limit;
}
