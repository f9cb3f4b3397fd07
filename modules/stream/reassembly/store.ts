/** State shared by all parts of reassembly: the directions' records, their chunks and the memory of their data. */
import type { ChunkTree } from './chunk-tree.js';
import type { StreamMemory } from './stream-memory.js';

export interface Store {
  /** `rows[r + FIELD]` with `r = (flow * 2 + direction) * Direction.INTS` (see `direction.ts`) */
  readonly rows: Int32Array;
  readonly chunks: ChunkTree;
  readonly memory: StreamMemory;
  /** `Memory.bytes` */
  readonly bytes: Uint8Array;
  /** `Memory.copy` */
  copy(to: number, from: number, length: number): void;
}
